import { isChangedRecord, lacksOneByte } from '../formats/changed-record.ts';
import { isRecord, MAX_RECORD_BYTES, readBytes } from '../formats/record-scan.ts';
import type { OpenFile } from './file-system.ts';

const NEWLINE = 10;
const SMALLEST_READ = 4096;
const LARGEST_READ = 256 * 1024;
/** Nothing of ours is filled so far ahead: such a file is read from front to back, as it is. */
const MOST_BLANK = 4 * 1024 * 1024;
/** Where more lines than these are torn, or more bytes than a record's, the others are told as damage. */
const MOST_TORN = 64;

/**
 * Where the records of a file end that may be filled ahead with blank lines, and may be written at this moment. What is no
 * record and has nothing but blank lines behind it was torn, as an unfinished line at the end of a file was: a write over
 * blank lines leaves some of them where it is stopped. So it lies behind the end, unless it lacks a single byte: that one
 * was changed.
 *
 * The one writer goes from front to back. So all that lies before the end was written before we looked: whoever reads it
 * from now on finds it all, where a look from front to back could pass lines that are blank still, and see those behind them.
 */
export function recordsEnd(file: OpenFile): number {
  const size = file.size();
  let end = skipBlank(file, size);
  // It ends with its last line, torn or not.
  if (end === undefined || size - end < 2) return size;
  const last = end;
  let joined = end;
  for (let lines = 0; end > 0 && lines < MOST_TORN && last - end <= MAX_RECORD_BYTES; lines++) {
    const line = readLine(file, end, joined);
    if (line === undefined || isWhole(line)) return end + 1;
    if (joined > end && lacksOneByte(line.bytes, line.start, line.end + joined - end)) return joined + 1;
    const start = end - (line.end - line.start);
    const before = skipBlank(file, start);
    if (before === undefined) return end + 1;
    // Where one newline alone parts two lines, it may be a byte that was changed.
    joined = before + 1 === start ? end : before;
    end = before;
  }
  return end === 0 ? 0 : end + 1;
}

/** Where the last byte before `end` that is no newline ends; undefined if it is too far away. */
function skipBlank(file: OpenFile, end: number): number | undefined {
  let to = end;
  for (let length = SMALLEST_READ; to > 0; length = Math.min(length * 4, LARGEST_READ)) {
    if (end - to > MOST_BLANK) return undefined;
    const from = Math.max(0, to - length);
    const bytes = readAll(file, from, to);
    let at = bytes.length;
    while (at > 0 && bytes[at - 1] === NEWLINE) at--;
    if (at > 0) return from + at;
    to = from;
  }
  return 0;
}

/** A line, and what lies around it: the newline before it, if it is not the first, and what follows. */
interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The line that ends at `end`, and what follows up to the newline at `joined`; undefined if it is too long for a record. */
function readLine(file: OpenFile, end: number, joined: number): Line | undefined {
  for (let length = SMALLEST_READ; length <= 2 * MAX_RECORD_BYTES; length *= 4) {
    const from = Math.max(0, end - length);
    const bytes = readAll(file, from, joined + 1);
    const start = bytes.lastIndexOf(NEWLINE, end - from - 1) + 1;
    if (start > 0 || from === 0) return { bytes, start, end: end - from };
  }
  return undefined;
}

function isWhole({ bytes, start, end }: Line): boolean {
  return isRecord(readBytes(bytes.subarray(start, end))) || isChangedRecord(bytes, start, end);
}

/** The bytes from `from` up to `to`. What was cut off meanwhile was blank. */
function readAll(file: OpenFile, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from, NEWLINE);
  for (let at = 0; at < bytes.length;) {
    const read = file.read(bytes, at, bytes.length - at, from + at);
    if (read === 0) break;
    at += read;
  }
  return bytes;
}
