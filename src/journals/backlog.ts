import { setImmediate as nextTurn } from 'node:timers/promises';
import { closeRead } from '../fs/close-read.ts';
import type { MessageId } from '../formats/message-id.ts';
import type { Footing } from './footing.ts';
import { openJournal } from './message-scan.ts';
import { MessageWindow } from './message-window.ts';
import type { Ready } from './ready.ts';
import type { Segment } from './segment.ts';
import { type ReadingOptions, SegmentReading } from './segment-reading.ts';

/** Chunks that are read in one go while all they hold is finished. */
const CHUNKS_A_TURN = 16;

export interface BacklogOptions<T> extends ReadingOptions<T> {
  readonly footing: Pick<Footing, 'under'>;
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
  // Where reading goes on, once the window is empty: the journal, and how far it was read.
  #index = 0;
  #reading: SegmentReading<T> | undefined;
  #loading: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: BacklogOptions<T>, segments: Segment[]) {
    this.#options = options;
    this.#segments = segments;
    this.#window = new MessageWindow(options.codec);
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
    const last = this.#segments.length - 1;
    if (this.#index !== last) this.#begin(last);
    this.#readingOf(segment).passTo(firstSequence + texts.length);
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
    if (index === this.#index) this.#begin(index);
    this.#segments.splice(index, 1);
    if (index < this.#index) this.#index--;
  }

  close(): void {
    this.#reading?.leave();
  }

  #atEnd(): boolean {
    if (this.#reading?.hasMore) return false;
    const next = this.#reading === undefined ? this.#index : this.#index + 1;
    for (let i = next; i < this.#segments.length; i++) if ((this.#segments[i]?.bytes ?? 0) > 0) return false;
    return true;
  }

  #refill(): void {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    for (let chunks = 0; this.#loading === undefined && this.held === 0; chunks++) {
      const reading = this.#next();
      if (reading === undefined) return;
      if (!reading.isOpen) this.#load(this.#open(reading));
      else if (chunks >= CHUNKS_A_TURN) this.#load(nextTurn());
      else if (reading.readChunk()) this.#passed(reading);
    }
  }

  /** The journal to read from, past those that are read. */
  #next(): SegmentReading<T> | undefined {
    for (;;) {
      const segment = this.#segments[this.#index];
      if (segment === undefined) return undefined;
      const reading = this.#readingOf(segment);
      if (reading.hasMore) return reading;
      if (this.#index >= this.#segments.length - 1) return undefined;
      this.#begin(this.#index + 1);
    }
  }

  /** The reading of the journal at whose place reading goes on. */
  #readingOf(segment: Segment): SegmentReading<T> {
    return (this.#reading ??= new SegmentReading(segment, this.#window, this.#options));
  }

  #begin(index: number): void {
    this.#reading?.leave();
    this.#reading = undefined;
    this.#index = index;
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

  async #open(reading: SegmentReading<T>): Promise<void> {
    // Safe before it is handed out: whatever is acknowledged of a message leans on its being there.
    const footing = this.#options.footing.under(reading.segment.file);
    if (footing !== undefined) await footing;
    const file = await openJournal(this.#options, reading.segment.file);
    // It was removed meanwhile, and another stands at its place.
    if (this.#reading !== reading) closeRead(file);
    else if (file === undefined) this.#passed(reading);
    else reading.begin(file);
  }

  #passed(reading: SegmentReading<T>): void {
    const { segment } = reading;
    reading.end();
    if (segment.isGrowing) return;
    segment.complete = true;
    this.#options.passed(segment);
  }
}
