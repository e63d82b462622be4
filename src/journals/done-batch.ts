import { appendDone, type DoneLine, formatDoneLine, MAX_DONE, MAX_TAKEN } from '../formats/done-line.ts';
import type { LineBuffer } from '../formats/line-buffer.ts';
import { type IdRange, inRanges } from '../machines/id-ranges.ts';
import { keepShape } from '../machines/keep-shape.ts';
import type { Batch } from './batch.ts';
import { Deferred } from './deferred.ts';
import type { Message } from './segment.ts';

/** A message that is being delivered, or settled. */
export interface JournalledItem {
  readonly message: Message;
  /** How often it was delivered, over all its life. */
  readonly delivery: number;
}

/** Who is told how it went. */
export interface DoneHooks<I extends JournalledItem> {
  /** The segment that is written now has a line about these messages, or says that the producer has put all there is. */
  wrote(about: IdRange | 'closed'): void;
  /** Its delivery could not be written down: nobody has it. */
  undelivered(item: I): void;
  /** It is written down that these are done, as safely as the queue promises. */
  finished(items: readonly I[]): void;
  /** It could not be written down: the item is as it was before. */
  unfinished(item: I): void;
}

/** Deliveries and ends of messages that are written down together. */
export class DoneBatch<I extends JournalledItem> implements Batch {
  readonly items: I[] = [];
  readonly lines: DoneLine[] = [];
  readonly #hooks: DoneHooks<I>;
  readonly #closeTaken: () => void;
  readonly #dropTaken: () => void;
  #isEncoded = false;
  #isWritten = false;
  #begins = false;
  #lasts = false;
  readonly #safe = new Deferred<void>();
  #taken: Deferred<void> | undefined;
  readonly #delivered: I[] = [];
  #done: readonly IdRange[] = [];

  constructor(hooks: DoneHooks<I>, { closeTaken, dropTaken }: { readonly closeTaken: () => void; readonly dropTaken: () => void }) {
    this.#hooks = hooks;
    this.#closeTaken = closeTaken;
    this.#dropTaken = dropTaken;
  }

  get size(): number {
    return this.items.length + this.#delivered.length;
  }

  /** Deliveries alone are not synced. */
  get durable(): boolean | 'power' {
    if (this.#lasts) return 'power';
    return this.items.length > 0 || this.lines.length > 0 || this.#begins;
  }

  get promise(): Promise<void> {
    return this.#safe.promise;
  }

  /** Its lines are to survive a power cut, whatever the queue promises. */
  lasts(): void {
    this.#lasts = true;
  }

  /** Somebody waits for the head of the segment that it is written to, if for nothing else. */
  begins(): Promise<void> {
    this.#begins = true;
    return this.promise;
  }

  taken(item: I): Promise<void> {
    this.#delivered.push(item);
    this.#taken ??= new Deferred<void>();
    return this.#taken.promise;
  }

  encode(lines: LineBuffer): void {
    this.#isEncoded = true;
    this.#closeTaken();
    this.#done = rangesOf(this.items, MAX_DONE);
    for (const range of this.#done) {
      if (range.count === 1) appendDone(lines, range.run, range.sequence);
      else lines.append(formatDoneLine({ kind: 'done', ...range }));
    }
  }

  written(): void {
    this.#isWritten = true;
    for (const range of [...rangesOf(this.#delivered, MAX_TAKEN), ...this.#done]) this.#hooks.wrote(range);
    for (const line of this.lines) {
      if ('sequence' in line) this.#hooks.wrote({ run: line.run, sequence: line.sequence, count: line.kind === 'done' ? line.count : 1 });
      else if (line.kind === 'closed') this.#hooks.wrote('closed');
    }
    this.#taken?.resolve();
  }

  safe(): void {
    if (this.items.length > 0) this.#hooks.finished(this.items);
    this.#safe.resolve();
  }

  failed(error: unknown): void {
    if (!this.#isEncoded) this.#dropTaken();
    for (const item of this.items) this.#hooks.unfinished(item);
    // Once its delivery is written somebody has it, whatever becomes of the sync that the others wait for.
    if (!this.#isWritten) {
      for (const item of this.#delivered) this.#hooks.undelivered(item);
      this.#taken?.reject(error);
    }
    this.#safe.reject(error);
  }
}

function rangesOf(items: readonly JournalledItem[], most: number): IdRange[] {
  return inRanges(
    items.map(({ message }) => message),
    most,
  );
}

const NOBODY: DoneHooks<JournalledItem> = {
  wrote: () => undefined,
  undelivered: () => undefined,
  finished: () => undefined,
  unfinished: () => undefined,
};
keepShape(new DoneBatch(NOBODY, { closeTaken: () => undefined, dropTaken: () => undefined }));
