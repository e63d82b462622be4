import { appendDone, type DoneLine, formatDoneLine, MAX_TAKEN } from '../formats/done-line.ts';
import { formatJournalName } from '../formats/journal-name.ts';
import { LineBuffer } from '../formats/line-buffer.ts';
import type { IdRange } from '../machines/id-ranges.ts';
import { DoneBatch, type DoneHooks, type JournalledItem } from './done-batch.ts';
import { JournalWriter, type JournalWriterOptions } from './journal-writer.ts';

const DONE: Promise<void> = Promise.resolve();

export interface DoneJournalOptions<I extends JournalledItem> extends Omit<
  JournalWriterOptions,
  'nextName' | 'gather' | 'rolled' | 'head'
> {
  readonly name: string;
  readonly run: number;
  /** What each segment begins with: what must be known though the segments before it are removed. */
  readonly head: () => readonly DoneLine[];
  readonly begun: (file: string) => void;
  readonly hooks: DoneHooks<I>;
}

/** Where it is written what became of messages: delivered, done, released, given up. */
export class DoneJournal<I extends JournalledItem> {
  readonly #options: DoneJournalOptions<I>;
  readonly #writer: JournalWriter;
  #ordinal = 0;
  #gathered: DoneBatch<I> | undefined;
  #last: Promise<unknown> = DONE;
  // Deliveries with consecutive numbers are one line: the first of them, and how many.
  #run = 0;
  #first = 0;
  #delivery = 0;
  #count = 0;

  constructor(options: DoneJournalOptions<I>) {
    this.#options = options;
    this.#writer = new JournalWriter({
      ...options,
      // A name is tried once: what a full disk left of it stays there, empty.
      nextName: () => formatJournalName({ name: options.name, run: options.run, segment: ++this.#ordinal, kind: 'done' }),
      head: () => headOf(options.head()),
      rolled: options.begun,
      gather: () => {
        const batch = this.#gathered;
        this.#gathered = undefined;
        return batch;
      },
    });
  }

  /**
   * Resolves with the item when its delivery is written down: not synced, since a power cut kills nobody's patience, but
   * there after any kill, so that what kills its process is counted.
   */
  take(item: I): Promise<I> {
    if (this.#writer.ready) {
      try {
        this.#add(item);
        this.#closeTaken();
        this.#writer.writeNow();
        this.#options.hooks.wrote(oneOf(item));
        return Promise.resolve(item);
      } catch (error) {
        this.#options.hooks.undelivered(item);
        return Promise.reject(error);
      }
    }
    const batch = this.#gather();
    this.#add(item);
    this.#writer.schedule();
    return batch.taken(item).then(() => item);
  }

  /** The same for several items. */
  takeMany(items: readonly I[]): Promise<void> {
    let written = DONE;
    if (items.length > 0) this.#writer.schedule();
    for (const item of items) {
      written = this.#gather().taken(item);
      this.#add(item);
    }
    return written;
  }

  /** Resolves when it is written down that the item is done. */
  finish(item: I): Promise<void> {
    if (this.#writer.ready) {
      try {
        appendDone(this.#writer.lines, item.message.run, item.message.sequence);
        this.#writer.writeNow();
      } catch (error) {
        this.#options.hooks.unfinished(item);
        return Promise.reject(error);
      }
      this.#options.hooks.wrote(oneOf(item));
      this.#options.hooks.finished([item]);
      return DONE;
    }
    const batch = this.#gather();
    batch.items.push(item);
    this.#writer.schedule();
    return batch.promise;
  }

  /** Resolves when these lines are as safe as the queue promises; `durable`: survive a power cut, though not yet the name of a new segment. */
  write(lines: Iterable<DoneLine>, { durable = false } = {}): Promise<void> {
    const batch = this.#gather();
    if (durable) batch.lasts();
    // What was handed out before goes before: a release that came first would undo nothing.
    this.#closeTaken();
    for (const line of lines) {
      this.#writer.lines.append(formatDoneLine(line));
      batch.lines.push(line);
    }
    this.#writer.schedule();
    return batch.promise;
  }

  /**
   * Resolves when it is safe where the records of earlier owners end, and what else each segment begins with: before
   * anything else of this owner is acknowledged, so that whatever an earlier one appends from now on counts for nobody.
   */
  begin(): Promise<void> {
    if (this.#options.head().length === 0) return DONE;
    const began = this.#gather().begins();
    this.#writer.schedule();
    return began;
  }

  /** Resolves when all that was written down before is safe. */
  flush(): Promise<unknown> {
    return this.#last;
  }

  close(): void {
    this.#writer.close();
  }

  #gather(): DoneBatch<I> {
    if (this.#gathered !== undefined) return this.#gathered;
    const batch = new DoneBatch<I>(this.#options.hooks, { closeTaken: () => this.#closeTaken(), dropTaken: () => (this.#count = 0) });
    this.#gathered = batch;
    this.#last = batch.promise.catch(() => undefined);
    return batch;
  }

  #add({ message: { run, sequence }, delivery }: I): void {
    if (
      this.#count > 0 &&
      run === this.#run &&
      sequence === this.#first + this.#count &&
      delivery === this.#delivery &&
      this.#count < MAX_TAKEN
    ) {
      this.#count++;
      return;
    }
    this.#closeTaken();
    this.#run = run;
    this.#first = sequence;
    this.#delivery = delivery;
    this.#count = 1;
  }

  #closeTaken(): void {
    if (this.#count === 0) return;
    const count = this.#count;
    this.#count = 0;
    this.#writer.lines.append(formatDoneLine({ kind: 'taken', run: this.#run, sequence: this.#first, attempt: this.#delivery, count }));
  }
}

function oneOf({ message: { run, sequence } }: JournalledItem): IdRange {
  return { run, sequence, count: 1 };
}

function headOf(lines: readonly DoneLine[]): LineBuffer | undefined {
  if (lines.length === 0) return undefined;
  const head = new LineBuffer();
  for (const line of lines) head.append(formatDoneLine(line));
  return head;
}
