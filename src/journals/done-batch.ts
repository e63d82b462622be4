import type { DoneLine } from '../formats/done-line.ts';
import type { MessageId } from '../formats/message-id.ts';
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
  /** The segment that is written now has a line about this message, or says that the producer has put all there is. */
  readonly wrote: (about: MessageId | 'closed') => void;
  /** Its delivery could not be written down: nobody has it. */
  readonly undelivered: (item: I) => void;
  /** It is written down that this one is done, as safely as the queue promises. */
  readonly finished: (item: I) => void;
  /** It could not be written down: the item is as it was before. */
  readonly unfinished: (item: I) => void;
}

/** Deliveries and ends of messages that are written down together. */
export class DoneBatch<I extends JournalledItem> implements Batch {
  readonly items: I[] = [];
  readonly lines: DoneLine[] = [];
  readonly #hooks: DoneHooks<I>;
  readonly #closeTaken: () => void;
  readonly #dropTaken: () => void;
  #isEncoded = false;
  readonly #safe = new Deferred<void>();
  #taken: Deferred<void> | undefined;
  readonly #delivered: I[] = [];

  constructor(hooks: DoneHooks<I>, { closeTaken, dropTaken }: { readonly closeTaken: () => void; readonly dropTaken: () => void }) {
    this.#hooks = hooks;
    this.#closeTaken = closeTaken;
    this.#dropTaken = dropTaken;
  }

  get size(): number {
    return this.items.length + this.#delivered.length;
  }

  /** Deliveries alone are not synced. */
  get durable(): boolean {
    return this.items.length > 0 || this.lines.length > 0;
  }

  get promise(): Promise<void> {
    return this.#safe.promise;
  }

  taken(item: I): Promise<I> {
    this.#taken ??= new Deferred<void>();
    this.#delivered.push(item);
    return this.#taken.promise.then(() => item);
  }

  encode(): void {
    this.#isEncoded = true;
    this.#closeTaken();
  }

  written(): void {
    for (const item of this.#delivered) this.#hooks.wrote(item.message);
    for (const item of this.items) this.#hooks.wrote(item.message);
    for (const line of this.lines) {
      if ('sequence' in line) this.#hooks.wrote(line);
      else if (line.kind === 'closed') this.#hooks.wrote('closed');
    }
    this.#taken?.resolve();
  }

  safe(): void {
    for (const item of this.items) this.#hooks.finished(item);
    this.#safe.resolve();
  }

  failed(error: unknown): void {
    if (!this.#isEncoded) this.#dropTaken();
    for (const item of this.items) this.#hooks.unfinished(item);
    for (const item of this.#delivered) this.#hooks.undelivered(item);
    this.#taken?.reject(error);
    this.#safe.reject(error);
  }
}
