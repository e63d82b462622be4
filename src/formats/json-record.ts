import { checksumOf } from './checksum.ts';

/**
 * A record that is a whole file: one line of JSON that says what it is, in which version, and last its checksum.
 *
 *     {"format":"dibs/task","version":1,"status":"pending","checksum":"9ae0daaf"}
 */

/** What a file is to hold, and the newest version of it that is understood. */
export interface RecordFormat {
  readonly name: string;
  readonly version: number;
}

export type Fields = Readonly<Record<string, unknown>>;

export type ParsedRecord =
  /** Its version may be a newer one: then its fields mean what they like. */
  | { readonly kind: 'record'; readonly version: number; readonly fields: Fields }
  /** The checksum does not hold, so nothing is believed, the version neither. */
  | { readonly kind: 'damaged'; readonly reason: string }
  /** It makes sense, and says that it is something else: nobody's bytes were lost. */
  | { readonly kind: 'foreign'; readonly reason: string };

/** The names that a record keeps for itself. */
const RESERVED = ['format', 'version', 'checksum'] as const;

/** @throws TypeError if a field has a name that the record keeps for itself */
export function formatRecord({ name, version }: RecordFormat, fields: Fields): string {
  for (const reserved of RESERVED) if (reserved in fields) throw new TypeError(`A record can't have a field ${reserved} of its own.`);
  const facts = JSON.stringify({ format: name, version, ...fields });
  return `${facts.slice(0, -1)},"checksum":"${checksumOf(facts)}"}\n`;
}

export function parseRecord(format: RecordFormat, text: string): ParsedRecord {
  const [, head, checksum] = /^(\{.*),"checksum":"([0-9a-f]{8})"\}\n$/s.exec(text) ?? [];
  if (head === undefined || checksumOf(`${head}}`) !== checksum) return describeOther(format, text);
  const { format: name, version, ...fields } = parseObject(`${head}}`) ?? {};
  if (name !== format.name) return { kind: 'foreign', reason: `it is not a record of ${format.name}` };
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return { kind: 'damaged', reason: 'it has no version' };
  return { kind: 'record', version, fields };
}

/** One of ours that was cut, or whose bytes a power cut took, makes no sense; somebody else's file does. */
function describeOther(format: RecordFormat, text: string): ParsedRecord {
  const object = parseObject(text);
  if (object === undefined) {
    if (!resembles(text, `{"format":"${format.name}","version":`))
      return { kind: 'foreign', reason: `it is not a record of ${format.name}` };
    return { kind: 'damaged', reason: text === '' ? 'it is empty' : 'it is not a whole record' };
  }
  if (object['format'] !== format.name && !('checksum' in object))
    return { kind: 'foreign', reason: `it is not a record of ${format.name}` };
  return { kind: 'damaged', reason: 'its checksum does not hold' };
}

/** Whether a text may have begun like this: at least half of it stands there still, or is gone altogether, as after a power cut. */
function resembles(text: string, head: string): boolean {
  if (text.includes(head.slice('{"format":"'.length))) return true;
  let alike = 0;
  for (let i = 0; i < head.length; i++) if (i >= text.length || text[i] === head[i] || text[i] === '\0') alike++;
  return alike * 2 >= head.length;
}

/** Fields as a copy that shares nothing with what it was made of. @throws what JSON.stringify throws */
export function copyFields(fields: Fields): Fields {
  return parseObject(JSON.stringify(fields)) ?? {};
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
