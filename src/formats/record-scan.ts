import { crc32, hasChecksum } from './checksum.ts';

const NEWLINE = 10;
const TAB = 9;
const CHECKSUM_LENGTH = 8;

/** No record is longer. A put of more is refused, and a file without newlines can't eat the memory. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** Bytes that were read from a file, of which the first `length` count. */
export interface ReadBytes {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly length: number;
  /** How many of these are known to hold no newline. @default 0 */
  readonly barren?: number;
}

export interface RecordSink {
  /** A record whose checksum holds: its body is `bytes[start, end)`. False ends the scan behind it. */
  record(bytes: Buffer, start: number, end: number): boolean | void;
  /** A line that is no record of ours. */
  damage(start: number, end: number): void;
}

/** All of these bytes. */
export function readBytes(bytes: Buffer): ReadBytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), length: bytes.length };
}

/** Whether these bytes, without any newline, are a record. */
export function isRecord({ bytes, view, length }: ReadBytes): boolean {
  const body = CHECKSUM_LENGTH + 1;
  return length >= body && bytes[body - 1] === TAB && hasChecksum(bytes, 0, crc32(view, body, length));
}

function isWhole(bytes: Buffer, view: DataView, at: number, body: number, end: number): boolean {
  return bytes[body - 1] === TAB && hasChecksum(bytes, at, crc32(view, body, end));
}

/**
 * Goes through the records in what was read of a file and gives how many bytes it is done with. What is left is an
 * unfinished line: the beginning of a record whose rest was not read yet or, at the end of the file, a torn tail.
 */
export function scanRecords({ bytes, view, length, barren = 0 }: ReadBytes, sink: RecordSink): number {
  // The search must not run on into bytes of an earlier read.
  const read = bytes.subarray(0, length);
  let at = 0;
  let width = 0;
  while (at < length) {
    if (bytes[at] === NEWLINE) {
      at++;
      continue;
    }
    const body = at + CHECKSUM_LENGTH + 1;
    // Many lines are as long as the one before: a newline there and a checksum that holds say so without a search.
    let end = at + width;
    let whole = end < length && bytes[end] === NEWLINE && isWhole(bytes, view, at, body, end);
    if (!whole) {
      end = read.indexOf(NEWLINE, Math.max(at, barren));
      if (end < 0) break;
      whole = isWhole(bytes, view, at, body, end);
      if (whole) width = end - at;
    }
    if (!whole) sink.damage(at, end);
    else if (sink.record(bytes, body, end) === false) return end + 1;
    at = end + 1;
  }
  return at;
}
