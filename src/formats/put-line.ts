import { BLANK_CHECKSUM, type LineBuffer } from './line-buffer.ts';
import { formatRun, ID_LENGTH, readDigits, RUN_DIGITS, SEQUENCE_DIGITS, writeDigits } from './message-id.ts';

/** One line of a put journal: checksum, id, key (a JSON string, or nothing), message. */

const TAB = 9;
const DASH = 45;
const SEQUENCE_OFFSET = BLANK_CHECKSUM.length + RUN_DIGITS + 1;
const BLANK_SEQUENCE = '_'.repeat(SEQUENCE_DIGITS);

/** What the lines of the run that was written last begin with: nearly always the next one's too. */
let lastRun = -1;
let head = '';
/** The same, and an empty key, as bytes. */
let keyless = Buffer.alloc(0);

function headOf(run: number): string {
  if (run !== lastRun) {
    lastRun = run;
    head = `${BLANK_CHECKSUM}${formatRun(run)}-${BLANK_SEQUENCE}\t`;
    keyless = Buffer.from(`${head}\t`);
  }
  return head;
}

/** Appends one message. Without a string in between: who puts one by one waits for each. */
export function appendPut(lines: LineBuffer, run: number, sequence: number, text: string, key: string | undefined): void {
  const prefix = headOf(run);
  const start = lines.length;
  if (key === undefined) {
    lines.reserve(keyless.length);
    lines.bytes.set(keyless, start);
    lines.length += keyless.length;
  } else lines.write(`${prefix}${formatKey(key)}\t`);
  lines.write(text);
  writeDigits(lines.bytes, start + SEQUENCE_OFFSET, SEQUENCE_DIGITS, sequence);
  lines.end(start);
}

/** So many messages are joined at a time: a longer text would be a large object, which the collector handles apart. */
const TOGETHER = 256;

/**
 * Appends messages with consecutive sequence numbers. Joined with blank ids and checksums first and written at once,
 * then those are filled in: several times faster than a string each.
 */
export function appendPuts(
  lines: LineBuffer,
  run: number,
  firstSequence: number,
  texts: readonly string[],
  keys?: readonly (string | undefined)[],
): void {
  const head = headOf(run);
  for (let from = 0; from < texts.length; from += TOGETHER) {
    const to = Math.min(from + TOGETHER, texts.length);
    if (keys === undefined) appendKeyless(lines, `${head}\t`, firstSequence, texts, from, to);
    else appendKeyed(lines, head, firstSequence, texts, keys, from, to);
  }
}

function appendKeyless(lines: LineBuffer, prefix: string, firstSequence: number, texts: readonly string[], from: number, to: number): void {
  let joined = '';
  for (let i = from; i < to; i++) joined += `${prefix}${texts[i] as string}\n`;
  let start = lines.length;
  const ascii = lines.write(joined);
  for (let i = from; i < to; i++) {
    const end = ascii ? start + prefix.length + (texts[i] as string).length : lines.endOf(start);
    sealPut(lines, start, end, firstSequence + i);
    start = end + 1;
  }
}

function appendKeyed(
  lines: LineBuffer,
  head: string,
  firstSequence: number,
  texts: readonly string[],
  keys: readonly (string | undefined)[],
  from: number,
  to: number,
): void {
  let joined = '';
  for (let i = from; i < to; i++) joined += `${head}${formatKey(keys[i])}\t${texts[i] as string}\n`;
  let start = lines.length;
  lines.write(joined);
  for (let i = from; i < to; i++) {
    const end = lines.endOf(start);
    sealPut(lines, start, end, firstSequence + i);
    start = end + 1;
  }
}

function sealPut(lines: LineBuffer, start: number, end: number, sequence: number): void {
  writeDigits(lines.bytes, start + SEQUENCE_OFFSET, SEQUENCE_DIGITS, sequence);
  lines.seal(start, end);
}

/** A key as it stands in a line. */
export function formatKey(key: string | undefined): string {
  return key === undefined ? '' : JSON.stringify(key);
}

/** The key in a line, undefined where there is none. A key that is no JSON string was not written by us: none. */
export function parseKey(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The run in the id that a body begins with, or -1 if there is no id. */
export function readRun(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < ID_LENGTH || bytes[start + RUN_DIGITS] !== DASH) return -1;
  return readDigits(bytes, start, RUN_DIGITS);
}

/** The sequence number in the id that a body begins with, or -1 if there is none. */
export function readSequence(bytes: Uint8Array, start: number): number {
  return readDigits(bytes, start + RUN_DIGITS + 1, SEQUENCE_DIGITS);
}

/** Where the message of a put line begins, or -1 if the line is not of that form. Between the id and it stands the key. */
export function messageStart(bytes: Uint8Array, start: number, end: number): number {
  const key = start + ID_LENGTH + 1;
  if (key >= end || bytes[key - 1] !== TAB) return -1;
  if (bytes[key] === TAB) return key + 1;
  const tab = bytes.indexOf(TAB, key);
  return tab < 0 || tab >= end ? -1 : tab + 1;
}

/** The key of a put line whose message begins at `message`. */
export function readKey(bytes: Buffer, start: number, message: number): string | undefined {
  const from = start + ID_LENGTH + 1;
  return message - 1 <= from ? undefined : parseKey(bytes.toString('utf8', from, message - 1));
}
