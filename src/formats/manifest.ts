import { checksumOf } from './checksum.ts';

/** `queue.json`: one line that says what a directory holds, checksum last. */

export const MANIFEST_FILE = 'queue.json';
const FORMAT = 'dibs/persistent-queue';

/** The newest version of the format, and the only one so far. */
export const VERSION = 1;

export interface Manifest {
  readonly name: string;
  readonly version: number;
}

export type ParsedManifest =
  | ({ readonly kind: 'queue' } & Manifest)
  /** A file of that name which was never one of ours. */
  | { readonly kind: 'foreign' }
  /** It looks like ours, but its checksum does not hold: not even its version is believed. */
  | { readonly kind: 'damaged' };

export function formatManifest({ name, version }: Manifest): string {
  const facts = JSON.stringify({ format: FORMAT, version, name });
  return `${facts.slice(0, -1)},"checksum":"${checksumOf(facts)}"}\n`;
}

export function parseManifest(text: string): ParsedManifest {
  const [, head, checksum] = /^(\{.*),"checksum":"([0-9a-f]{8})"\}\n$/.exec(text) ?? [];
  if (head === undefined || checksumOf(`${head}}`) !== checksum) return { kind: looksLikeOurs(text) ? 'damaged' : 'foreign' };
  const facts = parseFacts(`${head}}`);
  if (facts?.['format'] !== FORMAT) return { kind: 'foreign' };
  const { version, name } = facts;
  if (typeof version !== 'number' || typeof name !== 'string') return { kind: 'damaged' };
  return { kind: 'queue', version, name };
}

// A file that somebody else wrote shares no word with ours; one with flipped bits shares nearly all, and an empty or cut one was ours.
function looksLikeOurs(text: string): boolean {
  const words = ['{"format":"', 'dibs/', 'persistent-queue', '"version":', '"name":"', '"checksum":"'];
  return text.trim() === '' || words.filter((word) => text.includes(word)).length >= 3 || formatManifest({ name: '', version: VERSION }).startsWith(text);
}

function parseFacts(text: string): Record<string, unknown> | null {
  try {
    const facts: unknown = JSON.parse(text);
    return typeof facts === 'object' && facts !== null ? { ...facts } : null;
  } catch {
    return null;
  }
}
