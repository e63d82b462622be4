/**
 * What a file is called while a consumer of PyMPX has it: its process, a hash of its host, and the message's name without
 * its extension.
 *
 *     004711_0123456789_sales-01.wip
 */
export function isForeignClaim(file: string): boolean {
  return /^\d{6,10}_\d{10}_.+\.wip$/.test(file);
}
