import { formatJournalName, type JournalName } from '../formats/journal-name.ts';
import { appendPut } from '../formats/put-line.ts';
import { JournalWriter, type JournalWriterOptions } from './journal-writer.ts';
import { PutBatch, type PutHooks } from './put-batch.ts';
import { Segment } from './segment.ts';

/** What every put that went well resolves to: one promise for all that need not wait. */
const PUT: Promise<true> = Promise.resolve(true);

/** A chunk of a long `putMany` that is written before the rest is encoded, in characters. */
const CHUNK_LENGTH = 256 * 1024;

export interface PutJournalOptions extends Omit<JournalWriterOptions, 'nextName' | 'gather' | 'rolled'> {
  readonly name: string;
  readonly run: number;
  readonly hooks: PutHooks;
}

/** Where this run's messages are written. Each gets the next sequence number; a refused one's is not used again. */
export class PutJournal {
  readonly #options: PutJournalOptions;
  readonly #writer: JournalWriter;
  #segment: Segment | undefined;
  #next = 1;
  #gathered: PutBatch | undefined;
  /** The last batch that was begun: batches are acknowledged in order. */
  #last: Promise<unknown> = PUT;

  constructor(options: PutJournalOptions) {
    this.#options = options;
    this.#writer = new JournalWriter({
      ...options,
      nextName: () => formatJournalName(this.#nextName()),
      rolled: () => this.#rolled(),
      gather: () => this.#takeGathered(),
    });
  }

  /** More is gathered than a chunk: it could not be written when it was full, since a new segment is being made. */
  get isBehind(): boolean {
    return (this.#gathered?.length ?? 0) >= CHUNK_LENGTH;
  }

  /** Resolves when the message is as safe as the queue promises. */
  put(text: string, key?: string): Promise<true> {
    // What `putSoon` gathered has its numbers already: it goes first.
    if (this.#writer.ready && this.#gathered === undefined && this.#segment !== undefined) return this.#putNow(this.#segment, text, key);
    const batch = this.#gather();
    batch.add(text, key);
    this.#writer.schedule();
    return batch.promise;
  }

  /** The same for many: a chunk is written as soon as it is full, the last one by `flush`. One promise a chunk. */
  putSoon(text: string, key?: string): Promise<true> {
    const batch = this.#gather();
    batch.add(text, key);
    if (batch.length >= CHUNK_LENGTH) this.#writer.flushNow();
    return batch.promise;
  }

  /** Writes what `putSoon` gathered. Resolves when all that was put before is safe or refused. */
  flush(): Promise<unknown> {
    if (this.#gathered !== undefined) this.#writer.flushNow();
    return this.#last.catch(() => undefined);
  }

  close(): void {
    this.#writer.close();
  }

  // On disk before it can be handed out: a stop between the two repeats nothing and loses nothing.
  #putNow(segment: Segment, text: string, key: string | undefined): Promise<true> {
    const sequence = this.#next++;
    try {
      appendPut(this.#writer.lines, this.#options.run, sequence, text, key);
      this.#writer.writeNow();
    } catch (error) {
      this.#options.hooks.failed(error);
      const failed = Promise.reject<true>(error);
      failed.catch(() => undefined);
      return failed;
    }
    if (key !== undefined) segment.hasKeys = true;
    this.#options.hooks.safe(segment, sequence, [text], this.#writer.size);
    return PUT;
  }

  #gather(): PutBatch {
    if (this.#gathered !== undefined) return this.#gathered;
    const batch = new PutBatch(this.#options.run, this.#next, {
      segment: () => this.#segment,
      size: () => this.#writer.size,
      hooks: this.#options.hooks,
    });
    this.#gathered = batch;
    this.#last = batch.promise;
    return batch;
  }

  #takeGathered(): PutBatch | undefined {
    const batch = this.#gathered;
    this.#gathered = undefined;
    // Refused or not, their numbers are used.
    if (batch !== undefined) this.#next += batch.size;
    return batch;
  }

  #nextName(): JournalName {
    const { name, run } = this.#options;
    return { name, run, segment: this.#gathered?.first ?? this.#next, kind: 'put' };
  }

  #rolled(): void {
    const name = this.#nextName();
    const segment = new Segment(formatJournalName(name), name, 0, { own: true });
    if (this.#segment !== undefined) {
      this.#segment.end = name.segment;
      this.#segment.isGrowing = false;
    }
    this.#segment = segment;
    this.#options.hooks.begun(segment);
  }
}
