import { DiskError } from '../errors.ts';
import type { Codec } from '../formats/codec.ts';
import { closeRead } from '../fs/close-read.ts';
import { errnoName } from '../fs/errno.ts';
import type { OpenFile } from '../fs/file-system.ts';
import { RecordReader } from '../fs/record-reader.ts';
import { NumbersSeen } from '../machines/numbers-seen.ts';
import type { Holdings } from './holdings.ts';
import { reportForeign, type ScanContext } from './message-scan.ts';
import type { MessageWindow } from './message-window.ts';
import { ReadBack } from './read-back.ts';
import type { Segment } from './segment.ts';

export interface ReadingOptions<T> extends ScanContext {
  readonly codec: Codec<T> | undefined;
  readonly holdings: Holdings;
}

/** Reads one journal, a chunk at a time, into the window of what is delivered next. */
export class SegmentReading<T> {
  readonly segment: Segment;
  readonly #options: ReadingOptions<T>;
  readonly #window: MessageWindow<T>;
  readonly #readBack: ReadBack<T>;
  /** The sequence numbers that were met. */
  readonly #seen = new NumbersSeen(0);
  #offset = 0;
  #file: OpenFile | undefined;
  #reader: RecordReader | undefined;

  constructor(segment: Segment, window: MessageWindow<T>, options: ReadingOptions<T>) {
    this.segment = segment;
    this.#options = options;
    this.#window = window;
    this.#readBack = new ReadBack(window, { together: options.codec === undefined });
  }

  get isOpen(): boolean {
    return this.#reader !== undefined;
  }

  /** Whether something is left to read. */
  get hasMore(): boolean {
    return this.#offset < this.segment.bytes;
  }

  /** Goes on in that file, which is the journal's. */
  begin(file: OpenFile): void {
    this.#file = file;
    this.#reader = new RecordReader(file, this.#offset);
  }

  /** Reads a chunk. Gives whether all there is was read, but for a torn tail, which nobody was promised. */
  readChunk(): boolean {
    const { segment } = this;
    const reader = this.#reader;
    if (reader === undefined) return false;
    const { damage, directory } = this.#options;
    const record = (bytes: Buffer, start: number, end: number): void => {
      if (this.#add(bytes, start, end) || segment.isRemark(bytes, start, end)) return;
      segment.isDamaged = true;
      reportForeign(damage, segment.file, reader.position + start, end - start);
    };
    const damaged = (offset: number, length: number): void => {
      segment.isDamaged = true;
      damage.report({ file: segment.file, offset, length, reason: 'no record: the checksum does not hold' });
    };
    try {
      const more = reader.next(segment.bytes, record, damaged);
      this.#readBack.end();
      this.#offset = reader.position;
      return !more || reader.position + reader.unfinished >= segment.bytes;
    } catch (error) {
      this.leave();
      if (errnoName(error) === undefined) throw error;
      throw new DiskError('read', `${directory}/${segment.file}`, errnoName(error), { cause: error });
    }
  }

  /** Leaves out all that is there now: what is below that number is known. */
  passTo(nextSequence: number): void {
    this.#seen.passTo(nextSequence);
    this.end();
  }

  /** Nothing is left to read of what is there now. */
  end(): void {
    this.leave();
    this.#offset = this.segment.bytes;
  }

  /** Closes the file. Reading goes on where it was when it is begun again. */
  leave(): void {
    closeRead(this.#file);
    this.#file = undefined;
    this.#reader = undefined;
  }

  #add(bytes: Buffer, start: number, end: number): boolean {
    const { segment } = this;
    const place = segment.name.kind === 'put' ? segment.place(bytes, start, end) : null;
    const message = place === null ? (segment.parse(bytes, start, end) ?? undefined) : undefined;
    const run = message?.run ?? segment.name.run;
    const sequence = message?.sequence ?? place?.sequence;
    // A put journal has each number once: what repeats one was copied there by somebody, who may have put it before its time.
    if (sequence === undefined || (place !== null && !this.#seen.add(sequence))) return false;
    if (!this.#options.holdings.meet(segment, run, sequence, place?.keyed ?? false)) return true;
    if (message !== undefined) this.#window.push(message);
    else this.#readBack.add(run, sequence, bytes, place?.text ?? end, end);
    return true;
  }
}
