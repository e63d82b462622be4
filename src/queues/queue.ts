/** The shapes that all queues share. */

/** A message that was taken: settle it once, with `done`, `release` or `fail`. */
export interface Item<T> {
  readonly value: T;
  /** Given at the put and the same after every crash: an idempotency key. */
  readonly id: string;
  /** 1 the first time. Counted on disk before delivery, so that it survives what kills this process. */
  readonly attempt: number;
  /** Aborts when the item is no longer ours. */
  readonly signal: AbortSignal;
  /** The work is finished and will not come again, once this resolves. */
  done(): Promise<void>;
  /** Gives it back unfinished; no attempt is counted. */
  release(): Promise<void>;
  /** Counts a failed attempt: it comes again, or is given up after `maxAttempts` or with a `PermanentError`. */
  fail(error: unknown): Promise<void>;
}

export interface GetOptions {
  /** How long to wait, in milliseconds; then a `QueueTimeoutError`. @default for ever */
  readonly timeoutMs?: number;
  /** Ends the wait with its reason; nothing is taken. */
  readonly signal?: AbortSignal;
}

/** What `consume` needs of a queue. */
export interface ConsumableQueue<I extends SettleableItem> {
  /** The next item; undefined when there is none now and none will come (to one that holds items: none now). */
  get(options?: GetOptions): Promise<I | undefined>;
  /** The tries an item has, where the queue knows. */
  readonly maxAttempts?: number | undefined;
}

/** What `consume` needs of an item: of every queue there is. */
export interface SettleableItem {
  readonly id: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  done(): Promise<void>;
  release(): Promise<void>;
  fail(error: unknown): Promise<void>;
}
