import { reportedFile } from './failure-report.ts';
import { isMessageName } from './message-name.ts';

/**
 * What a message is called where it is kept after its end: its own name, or, where another file has that, its own name and
 * its inode, by which it can be found again.
 *
 *     sales-01.tsv
 *     sales-01.tsv~1835042
 */

export function formatKeptName(name: string, inode: bigint): string {
  return `${name}~${inode}`;
}

/** The message's own name; null for anything else that lies there, a report among it. */
export function parseKeptName(file: string, extension: string): string | null {
  if (isMessageName(file, extension)) return file;
  // Behind the inode there is something more where an inode was given out again.
  const [, name] = /^(.+)~\d[a-z0-9]*$/.exec(file) ?? [];
  return name !== undefined && isMessageName(name, extension) ? name : null;
}

/** The file that a report lies beside, and whose message that is; null if it is no report of a message. */
export function parseKeptReport(report: string, extension: string): { readonly file: string; readonly name: string } | null {
  const file = reportedFile(report);
  const name = file === null ? null : parseKeptName(file, extension);
  return file === null || name === null ? null : { file, name };
}
