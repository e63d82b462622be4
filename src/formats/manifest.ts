import { checksumOf } from './checksum.ts';

/** `queue.json`: one line that says what a directory holds, checksum last. */

export const MANIFEST_FILE = 'queue.json';
const FORMAT = 'dibs/persistent-queue';

/** The newest version of the format, and the only one so far. */
export const VERSION = 1;

export interface Manifest {
  readonly name: string;
  readonly version: number;
  /** The directory whose messages are to be carried over into this one, if it was made for that. */
  readonly resumes?: string | undefined;
}

export type ParsedManifest =
  | ({ readonly kind: 'queue' } & Manifest)
  /** A file of that name which was never one of ours. */
  | { readonly kind: 'foreign' }
  /** It looks like ours, but its checksum does not hold: not even its version is believed. */
  | { readonly kind: 'damaged' };

export function formatManifest({ name, version, resumes }: Manifest): string {
  const facts = JSON.stringify({ format: FORMAT, version, name, resumes });
  return `${facts.slice(0, -1)},"checksum":"${checksumOf(facts)}"}\n`;
}

export function parseManifest(text: string): ParsedManifest {
  const [, head, checksum] = /^(\{.*),"checksum":"([0-9a-f]{8})"\}\n$/.exec(text) ?? [];
  if (head === undefined || checksumOf(`${head}}`) !== checksum) return isForeign(text) ? { kind: 'foreign' } : { kind: 'damaged' };
  const facts = parseFacts(`${head}}`);
  const { format, version, name, resumes } = facts ?? {};
  if (format !== FORMAT) return { kind: 'foreign' };
  if (typeof version !== 'number' || typeof name !== 'string') return { kind: 'damaged' };
  return { kind: 'queue', version, name, resumes: typeof resumes === 'string' ? resumes : undefined };
}

// Somebody else's file makes sense, and does not say that it is ours. One of ours that was cut, or lost its bytes to a power cut, makes none.
function isForeign(text: string): boolean {
  const facts = parseFacts(text);
  return facts !== null && facts['format'] !== FORMAT && !('checksum' in facts);
}

function parseFacts(text: string): Record<string, unknown> | null {
  try {
    const facts: unknown = JSON.parse(text);
    return typeof facts === 'object' && facts !== null ? { ...facts } : null;
  } catch {
    return null;
  }
}
