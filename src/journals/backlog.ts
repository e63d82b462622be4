import { setImmediate as nextTurn } from 'node:timers/promises';
import { DiskError } from '../errors.ts';
import { closeRead } from '../fs/close-read.ts';
import { errnoName } from '../fs/errno.ts';
import { RecordReader } from '../fs/record-reader.ts';
import type { OpenFile } from '../fs/file-system.ts';
import type { Codec } from '../formats/codec.ts';
import type { MessageId } from '../formats/message-id.ts';
import { NumbersSeen } from '../machines/numbers-seen.ts';
import type { Holdings } from './holdings.ts';
import { openJournal, reportForeign, type ScanContext } from './message-scan.ts';
import { MessageWindow } from './message-window.ts';
import { ReadBack } from './read-back.ts';
import type { Ready } from './ready.ts';
import type { Segment } from './segment.ts';

/** Chunks that are read in one go while all they hold is finished. */
const CHUNKS_A_TURN = 16;

export interface BacklogOptions<T> extends ScanContext {
  readonly codec: Codec<T> | undefined;
  readonly holdings: Holdings;
  /** All messages of that journal were seen. */
  readonly passed: (segment: Segment) => void;
  /** There is something to deliver, or nothing is left: whoever waits should look again. */
  readonly changed: () => void;
}

/** The messages of some journals in put order: a few in memory, the rest on disk. */
export class Backlog<T> {
  readonly #options: BacklogOptions<T>;
  readonly #segments: Segment[];
  readonly #window: MessageWindow<T>;
  readonly #readBack: ReadBack<T>;
  // Where reading goes on, once the window is empty.
  #index = 0;
  #offset = 0;
  #file: OpenFile | undefined;
  #reader: RecordReader | undefined;
  #loading: Promise<void> | undefined;
  #failure: unknown;
  /** The sequence numbers met in the put journal that is read. */
  #seen = new NumbersSeen(0);

  constructor(options: BacklogOptions<T>, segments: Segment[]) {
    this.#options = options;
    this.#segments = segments;
    this.#window = new MessageWindow(options.codec);
    this.#readBack = new ReadBack(this.#window, { together: options.codec === undefined });
  }

  /** How many are in memory. */
  get held(): number {
    return this.#window.size;
  }

  /** A read under way; when it is over, `next` knows more. */
  get loading(): Promise<void> | undefined {
    return this.#loading;
  }

  /** Whether all there is was handed out. */
  get isEmpty(): boolean {
    return this.held === 0 && this.#loading === undefined && this.#failure === undefined && this.#atEnd();
  }

  /** The next message, or nothing: then there is none, or it is being loaded. Throws once what the disk refused. */
  next(): Ready<T> | undefined {
    if (this.held === 0) this.#refill();
    return this.#window.shift();
  }

  /** Which message `next` would give. */
  first(): MessageId | undefined {
    if (this.held === 0) this.#refill();
    return this.#window.first;
  }

  /** Messages of ours that are safe now. Kept in memory if there is room and nothing before them is on disk alone. */
  push(segment: Segment, firstSequence: number, texts: readonly string[], bytes: number): void {
    const follows = this.#window.hasRoom && this.#loading === undefined && this.#atEnd();
    segment.bytes = bytes;
    if (!follows) return;
    this.#leaveFile();
    const last = this.#segments.length - 1;
    if (this.#index !== last) this.#begin(last);
    this.#offset = bytes;
    this.#seen.passTo(firstSequence + texts.length);
    const run = segment.name.run;
    texts.forEach((text, i) => this.#window.push({ run, sequence: firstSequence + i, text }));
  }

  /** Drops what is finished otherwise. */
  purge(isFinished: (id: MessageId) => boolean): void {
    this.#window.purge(isFinished);
    this.advance();
  }

  /** Reads on if nothing is in memory. What the disk refuses is thrown by the next `next`. */
  advance(): void {
    if (this.held > 0 || this.#loading !== undefined || this.#failure !== undefined) return;
    try {
      this.#refill();
    } catch (error) {
      this.#failure = error;
    }
  }

  /** A journal that was read and is removed. */
  drop(segment: Segment): void {
    const index = this.#segments.indexOf(segment);
    if (index < 0) return;
    if (index === this.#index) {
      this.#leaveFile();
      this.#begin(index);
    }
    this.#segments.splice(index, 1);
    if (index < this.#index) this.#index--;
  }

  close(): void {
    this.#leaveFile();
  }

  #atEnd(): boolean {
    for (let i = this.#index; i < this.#segments.length; i++) {
      const from = i === this.#index ? this.#offset : 0;
      if (from < (this.#segments[i]?.bytes ?? 0)) return false;
    }
    return true;
  }

  #refill(): void {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    for (let chunks = 0; this.#loading === undefined && this.held === 0; chunks++) {
      const segment = this.#segment();
      if (segment === undefined) return;
      if (this.#reader === undefined) this.#load(this.#open(segment));
      else if (chunks >= CHUNKS_A_TURN) this.#load(nextTurn());
      else this.#readChunk(segment, this.#reader);
    }
  }

  /** The segment to read from, past those that are read. */
  #segment(): Segment | undefined {
    for (;;) {
      const segment = this.#segments[this.#index];
      if (segment === undefined) return undefined;
      if (this.#offset < segment.bytes) return segment;
      if (this.#index >= this.#segments.length - 1) return undefined;
      this.#nextSegment();
    }
  }

  #nextSegment(): void {
    this.#leaveFile();
    this.#begin(this.#index + 1);
  }

  #begin(index: number): void {
    this.#index = index;
    this.#offset = 0;
    this.#seen = new NumbersSeen(0);
  }

  #load(work: Promise<unknown>): void {
    this.#loading = work.then(
      () => this.#loaded(),
      (error: unknown) => {
        this.#failure = error;
        this.#loaded();
      },
    );
  }

  #loaded(): void {
    this.#loading = undefined;
    this.advance();
    if (this.#loading === undefined) this.#options.changed();
  }

  async #open(segment: Segment): Promise<void> {
    const file = await openJournal(this.#options, segment.file);
    if (this.#segments[this.#index] !== segment) {
      // It was removed meanwhile, and another stands at its place.
      closeRead(file);
      return;
    }
    if (file === undefined) {
      this.#passed(segment);
      return;
    }
    this.#file = file;
    this.#reader = new RecordReader(file, this.#offset);
  }

  #readChunk(segment: Segment, reader: RecordReader): void {
    const { damage, directory } = this.#options;
    const record = (bytes: Buffer, start: number, end: number): void => {
      if (this.#add(segment, bytes, start, end) || segment.isRemark(bytes, start, end)) return;
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
      // What is left at the end of a file is a torn tail, which nobody was promised.
      if (!more || reader.position + reader.unfinished >= segment.bytes) this.#passed(segment);
    } catch (error) {
      this.#leaveFile();
      if (errnoName(error) === undefined) throw error;
      throw new DiskError('read', `${directory}/${segment.file}`, errnoName(error), { cause: error });
    }
  }

  #add(segment: Segment, bytes: Buffer, start: number, end: number): boolean {
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

  #passed(segment: Segment): void {
    this.#leaveFile();
    this.#offset = segment.bytes;
    if (segment.isGrowing) return;
    segment.complete = true;
    this.#options.passed(segment);
  }

  #leaveFile(): void {
    const file = this.#file;
    this.#file = undefined;
    closeRead(file);
    this.#reader = undefined;
  }
}
