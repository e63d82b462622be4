import { isRecord, MAX_RECORD_BYTES, type RecordSink, scanRecords } from '../formats/record-scan.ts';
import type { OpenFile } from './file-system.ts';

const CHUNK_BYTES = 256 * 1024;

/** Reads the records of a file in order, a chunk at a time, in memory that does not grow with the file. */
export class RecordReader {
  readonly #file: OpenFile;
  #bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #view = new DataView(this.#bytes.buffer);
  /** Where in the file the next line begins. */
  #position: number;
  /** How much of the file the lines since `#position` that were read and not scanned take. */
  #held = 0;
  /** What was scanned before those. It stays where it is until more is read, for whoever takes a part of it. */
  #scanned = 0;
  /** How many of the held bytes were searched for a newline in vain: a line may be as long as 256 reads. */
  #barren = 0;

  constructor(file: OpenFile, position = 0) {
    this.#file = file;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /**
   * Scans the next chunk, up to `limit` in the file, and says whether there may be more. Damage is told with its place
   * in the file. At the limit an unfinished line may be left: `position` says where it begins. The records
   * stay where they are until the next call, and whoever was told of one may write over it.
   */
  next(limit: number, record: RecordSink['record'], damage: (offset: number, length: number) => void): boolean {
    const read = this.#fill(limit);
    const start = this.#position;
    const scanned = scanRecords(
      { bytes: this.#bytes, view: this.#view, length: this.#held, barren: this.#barren },
      {
        record,
        damage: (from, to) => damage(start + from, to - from),
      },
    );
    this.#barren = this.#held;
    if (scanned > 0) this.#drop(scanned);
    else if (this.#held >= MAX_RECORD_BYTES) {
      // Too long for a record. What follows of it is one more line that is none.
      damage(start, this.#held);
      this.#drop(this.#held);
    } else if (read === 0 && this.#held > 0) this.#judgeTail(damage);
    return read > 0;
  }

  // A record that lacks nothing but its last newline was not torn: that byte was changed.
  #judgeTail(damage: (offset: number, length: number) => void): void {
    if (isRecord({ bytes: this.#bytes, view: this.#view, length: this.#held - 1 })) damage(this.#position, this.#held);
  }

  /** How many bytes behind the last whole line were read: the torn tail, once the end was reached. */
  get unfinished(): number {
    return this.#held;
  }

  #fill(limit: number): number {
    if (this.#scanned > 0) this.#moveUp();
    const wanted = Math.min(limit - this.#position - this.#held, CHUNK_BYTES);
    if (wanted <= 0) return 0;
    if (this.#held + wanted > this.#bytes.length) this.#resize(this.#bytes.length * 2);
    const read = this.#file.read(this.#bytes, this.#held, wanted, this.#position + this.#held);
    this.#held += read;
    return read;
  }

  #drop(scanned: number): void {
    this.#barren = 0;
    this.#scanned = scanned;
    this.#held -= scanned;
    this.#position += scanned;
  }

  #moveUp(): void {
    this.#bytes.copyWithin(0, this.#scanned, this.#scanned + this.#held);
    this.#scanned = 0;
    // A record much longer than a chunk has passed: its room is given back.
    if (this.#bytes.length > 16 * CHUNK_BYTES && this.#held < CHUNK_BYTES) this.#resize(2 * CHUNK_BYTES);
  }

  #resize(length: number): void {
    const other = Buffer.allocUnsafeSlow(length);
    other.set(this.#bytes.subarray(0, this.#held));
    this.#bytes = other;
    this.#view = new DataView(other.buffer);
  }
}
