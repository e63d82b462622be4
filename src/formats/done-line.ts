import { type FailureReason, formatReason, parseReason } from './failure-reason.ts';
import { BLANK_CHECKSUM, type LineBuffer } from './line-buffer.ts';
import {
  formatMessageId,
  ID_LENGTH,
  type MessageId,
  parseMessageId,
  readDigits,
  RUN_DIGITS,
  SEQUENCE_DIGITS,
  writeDigits,
} from './message-id.ts';

/** One line of a done journal: checksum, kind, and what that kind says. */
export type DoneLine =
  /** Finished, never to be delivered again: `count` messages with consecutive sequence numbers. */
  | { readonly kind: 'done'; readonly run: number; readonly sequence: number; readonly count: number }
  /** About to be delivered: `count` messages with consecutive sequence numbers, each for the `attempt`-th time. */
  | { readonly kind: 'taken'; readonly run: number; readonly sequence: number; readonly attempt: number; readonly count: number }
  /** Given back: that attempt does not count. */
  | { readonly kind: 'released'; readonly run: number; readonly sequence: number; readonly attempt: number }
  /** Given up at that attempt, and why. */
  | { readonly kind: 'failed'; readonly run: number; readonly sequence: number; readonly attempt: number; readonly error: FailureReason }
  /** Put back to work: attempts up to that one are forgiven. */
  | { readonly kind: 'retried'; readonly run: number; readonly sequence: number; readonly attempt: number }
  /** The producer has put all there is. */
  | { readonly kind: 'closed' }
  /** So much of an older journal was there when this run's owner took over: what was appended later is not counted. */
  | { readonly kind: 'read'; readonly file: string; readonly bytes: number }
  /** All `count` messages of the put journal that begins with that id are done, and it is to go; `total` such messages so far in this load. */
  | { readonly kind: 'gone'; readonly run: number; readonly sequence: number; readonly count: number; readonly total: number };

/** One `taken` line speaks of no more: a line that claims millions was not written by us, and would take as long to read. */
export const MAX_TAKEN = 1024;
/** The same of a `done` line, of which each message comes again if the line is damaged. */
export const MAX_DONE = 128;

const TAB = 9;
const DASH = 45;
const DONE = Buffer.from(`${BLANK_CHECKSUM}done\t${formatMessageId(0, 0)}\n`);
const RUN_OFFSET = BLANK_CHECKSUM.length + 'done\t'.length;
/** The length of a `done` body about one message: all are alike. */
const DONE_LENGTH = DONE.length - BLANK_CHECKSUM.length - 1;

/** Appends the `done` line of one message: what is written most often, so without a string in between. */
export function appendDone(lines: LineBuffer, run: number, sequence: number): void {
  lines.reserve(DONE.length);
  const start = lines.length;
  lines.bytes.set(DONE, start);
  writeDigits(lines.bytes, start + RUN_OFFSET, RUN_DIGITS, run);
  writeDigits(lines.bytes, start + RUN_OFFSET + RUN_DIGITS + 1, SEQUENCE_DIGITS, sequence);
  lines.length += DONE.length;
  lines.seal(start, lines.length - 1);
}

/** The line as it stands behind its checksum. */
export function formatDoneLine(line: DoneLine): string {
  switch (line.kind) {
    case 'closed':
      return 'closed';
    case 'read':
      return `read\t${line.file}\t${line.bytes}`;
    case 'done':
      return `done\t${formatMessageId(line.run, line.sequence)}${line.count > 1 ? `\t${line.count}` : ''}`;
    case 'taken':
      return `taken\t${formatMessageId(line.run, line.sequence)}\t${line.attempt}\t${line.count}`;
    case 'failed':
      return `failed\t${formatMessageId(line.run, line.sequence)}\t${line.attempt}\t${formatReason(line.error)}`;
    case 'gone':
      return `gone\t${formatMessageId(line.run, line.sequence)}\t${line.count}\t${line.total}`;
    case 'released':
    case 'retried':
      return `${line.kind}\t${formatMessageId(line.run, line.sequence)}\t${line.attempt}`;
  }
}

/** What a body says, or null if it says nothing we know. */
export function parseDoneLine(body: string): DoneLine | null {
  const [kind, first = '', second = '', third = ''] = body.split('\t', 4);
  if (kind === 'closed') return body === kind ? { kind } : null;
  const number = parseCount(second);
  if (kind === 'read') return number === null || first === '' ? null : { kind, file: first, bytes: number };
  const id = parseMessageId(first);
  if (id === null) return null;
  if (kind === 'done' && body.length === DONE_LENGTH) return { kind, ...id, count: 1 };
  if (number === null) return null;
  if (kind === 'done') return number < 2 || number > MAX_DONE ? null : { kind, ...id, count: number };
  if (kind === 'released' || kind === 'retried') return { kind, ...id, attempt: number };
  if (kind === 'failed') return { kind, ...id, attempt: number, error: parseReason(third) };
  const last = parseCount(third);
  if (last === null) return null;
  if (kind === 'taken') return last > MAX_TAKEN ? null : { kind, ...id, attempt: number, count: last };
  return kind === 'gone' ? { kind, ...id, count: number, total: last } : null;
}

function parseCount(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** What the lines that are many are read by. */
export interface DoneLineSink {
  done(run: number, sequence: number, count: number): void;
  taken(run: number, sequence: number, attempt: number, count: number): void;
  other(line: DoneLine): void;
}

const DONE_KIND = Buffer.from('done\t');
const TAKEN_KIND = Buffer.from('taken\t');

/** Whether a kind and a tab stand there. */
function isKind(bytes: Buffer, start: number, kind: Buffer): boolean {
  for (let i = 0; i < kind.length; i++) if (bytes[start + i] !== kind[i]) return false;
  return true;
}

/** Hands a body to the sink, the lines that are many without a string in between. False if it says nothing we know. */
export function readDoneLine(bytes: Buffer, start: number, end: number, sink: DoneLineSink): boolean {
  if (isKind(bytes, start, DONE_KIND) && readDone(bytes, start + DONE_KIND.length, end, sink)) return true;
  if (isKind(bytes, start, TAKEN_KIND) && readTaken(bytes, start + TAKEN_KIND.length, end, sink)) return true;
  const line = parseDoneLine(bytes.toString('utf8', start, end));
  if (line === null) return false;
  sink.other(line);
  return true;
}

function readDone(bytes: Buffer, id: number, end: number, sink: DoneLineSink): boolean {
  const { run, sequence } = readId(bytes, id, end);
  const at = id + ID_LENGTH;
  const count = at === end ? 1 : readCount(bytes, at, end);
  if (run < 0 || count < 1 || count > MAX_DONE || (count === 1) !== (at === end)) return false;
  sink.done(run, sequence, count);
  return true;
}

function readTaken(bytes: Buffer, id: number, end: number, sink: DoneLineSink): boolean {
  const { run, sequence } = readId(bytes, id, end);
  let tab = end - 1;
  while (tab > id && bytes[tab] !== TAB) tab--;
  const attempt = readCount(bytes, id + ID_LENGTH, tab);
  const count = readCount(bytes, tab, end);
  if (run < 0 || attempt < 0 || count < 0 || count > MAX_TAKEN) return false;
  sink.taken(run, sequence, attempt, count);
  return true;
}

/** The id that begins at `at`; its run is -1 if none does. */
function readId(bytes: Buffer, at: number, end: number): MessageId {
  const isId = end - at >= ID_LENGTH && bytes[at + RUN_DIGITS] === DASH;
  const run = isId ? readDigits(bytes, at, RUN_DIGITS) : -1;
  const sequence = readDigits(bytes, at + RUN_DIGITS + 1, SEQUENCE_DIGITS);
  return { run: sequence < 0 ? -1 : run, sequence };
}

/** The number between the tab at `tab` and `end`, or -1 if there is none that is this short. */
function readCount(bytes: Buffer, tab: number, end: number): number {
  const digits = end - tab - 1;
  return bytes[tab] === TAB && digits >= 1 && digits <= 9 ? readDigits(bytes, tab + 1, digits) : -1;
}
