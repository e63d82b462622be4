import { ItemSettledError, PermanentError } from '../../src/errors.ts';
import type { ConsumableQueue, GetOptions, SettleableItem } from '../../src/queues/queue.ts';

/** An item of the fake queue. */
export interface FakeItem<T> extends SettleableItem {
  readonly value: T;
}

export interface FakeQueueOptions {
  readonly maxAttempts?: number;
  /** An open queue lets its readers wait. @default true: there is what was given, and no more comes */
  readonly closed?: boolean;
}

interface Message<T> {
  readonly id: string;
  readonly value: T;
  attempts: number;
}

/** A queue in memory that keeps the contract of queue.ts to the letter, and a ledger of what its reader did. */
export class FakeQueue<T> implements ConsumableQueue<FakeItem<T>> {
  readonly maxAttempts: number;
  /** What was settled, in order: `done a`, `released b`, `failed c 2` with the attempt, `given up d 3`. */
  readonly ledger: string[] = [];
  /** What is with a reader now. */
  readonly held = new Map<string, AbortController>();
  /** The most that were with readers at once. */
  mostHeld = 0;
  /** Thrown by the next settlement of that kind. */
  readonly refuse = new Map<'done' | 'release' | 'fail', unknown>();
  readonly #waiting: Message<T>[];
  #closed: boolean;
  #error: { readonly error: unknown } | undefined;
  #wakeReaders: (() => void)[] = [];

  constructor(values: Iterable<T>, { maxAttempts = 3, closed = true }: FakeQueueOptions = {}) {
    this.maxAttempts = maxAttempts;
    this.#waiting = [...values].map((value) => ({ id: String(value), value, attempts: 0 }));
    this.#closed = closed;
  }

  get waiting(): readonly string[] {
    return this.#waiting.map(({ id }) => id);
  }

  put(value: T): void {
    this.#waiting.push({ id: String(value), value, attempts: 0 });
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Every wait for an item ends with this error, now and later. */
  breakWith(error: unknown): void {
    this.#error = { error };
    this.#wake();
  }

  /** Takes an item away from its reader, as one who thinks that its owner is dead does. */
  takeBack(id: string): void {
    const claim = this.held.get(id);
    this.held.delete(id);
    claim?.abort(new Error(`${id} was taken back`));
  }

  async get({ signal }: GetOptions = {}): Promise<FakeItem<T> | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#error) throw this.#error.error;
      const message = this.#waiting.shift();
      if (message) return this.#deliver(message);
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wakeReaders.push(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  #deliver(message: Message<T>): FakeItem<T> {
    const { id, value } = message;
    message.attempts += 1;
    const claim = new AbortController();
    this.held.set(id, claim);
    this.mostHeld = Math.max(this.mostHeld, this.held.size);
    let before: string | undefined;
    const settle = async (operation: 'done' | 'release' | 'fail', as: string): Promise<void> => {
      await Promise.resolve();
      if (before !== undefined) throw new ItemSettledError(operation, id, before);
      if (this.held.get(id) !== claim) throw new Error(`${id} is no longer yours`);
      const refusal = this.refuse.get(operation);
      if (this.refuse.delete(operation)) throw refusal;
      before = as;
      this.held.delete(id);
    };
    return {
      id,
      value,
      attempt: message.attempts,
      signal: claim.signal,
      done: async () => {
        await settle('done', 'done');
        this.ledger.push(`done ${id}`);
      },
      release: async () => {
        await settle('release', 'released');
        this.ledger.push(`released ${id}`);
        message.attempts -= 1;
        this.#comeAgain(message);
      },
      fail: async (error) => {
        await settle('fail', 'failed');
        const last = error instanceof PermanentError || message.attempts >= this.maxAttempts;
        this.ledger.push(`${last ? 'given up' : 'failed'} ${id} ${message.attempts}`);
        if (!last) this.#comeAgain(message);
      },
    };
  }

  #comeAgain(message: Message<T>): void {
    this.#waiting.unshift(message);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakeReaders.splice(0)) wake();
  }
}
