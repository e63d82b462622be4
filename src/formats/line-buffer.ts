import { crc32, writeChecksum } from './checksum.ts';

/** Newline, checksum of the rest, tab: what every record begins with. */
export const BLANK_CHECKSUM = '\n________\t';
const NEWLINE = 10;
const SMALLEST = 64 * 1024;
/** What is kept for the next batch; a larger buffer is given back. */
const LARGEST_KEPT = 4 * 1024 * 1024;

/**
 * Records on their way to a file, in one reused buffer. A record is `\n`, checksum, `\t`, body, `\n`: it begins with a
 * newline of its own, so that what was torn before it can't take it along.
 */
export class LineBuffer {
  bytes: Buffer;
  view: DataView;
  length = 0;

  constructor() {
    this.bytes = Buffer.allocUnsafeSlow(SMALLEST);
    this.view = viewOf(this.bytes);
  }

  /** Makes room for so many more bytes; what is in the buffer stays. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + more, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  /** Appends one record: `body` holds no newline. */
  append(body: string): void {
    const start = this.length;
    this.write(BLANK_CHECKSUM + body);
    this.end(start);
  }

  /** Appends text as UTF-8 and says whether it was ASCII alone, so that a character is a byte. */
  write(text: string): boolean {
    // Three bytes a character is the most that UTF-8 takes; a long text is measured rather than given thrice its room.
    this.reserve(text.length < LARGEST_KEPT / 4 ? text.length * 3 : Buffer.byteLength(text));
    const written = this.bytes.write(text, this.length);
    this.length += written;
    return written === text.length;
  }

  /** Ends the record that begins with the newline at `start`. */
  end(start: number): void {
    this.reserve(1);
    this.bytes[this.length] = NEWLINE;
    this.seal(start, this.length);
    this.length++;
  }

  /** Fills in the checksum of the record that begins with the newline at `start` and ends with the one at `end`. */
  seal(start: number, end: number): void {
    writeChecksum(this.bytes, start + 1, crc32(this.view, start + BLANK_CHECKSUM.length, end));
  }

  /** Where the record that begins with the newline at `start` ends: at its other newline. */
  endOf(start: number): number {
    return this.bytes.indexOf(NEWLINE, start + 1);
  }

  /** Forgets what was written to the file. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length <= LARGEST_KEPT) return;
    this.bytes = Buffer.allocUnsafeSlow(SMALLEST);
    this.view = viewOf(this.bytes);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
