import { eachItem } from './each-item.ts';
import { type FailedMessage, failedMessages, type OutstandingMessage, outstandingMessages } from './listing.ts';
import { markAllDone, retryFailed } from './marking.ts';
import { admitOlder, closeQueue, countMessages, disposeQueue, failQueue, joinQueue, type QueueCounts } from './lifecycle.ts';
import { openQueue } from './open-queue.ts';
import type { PutManyOptions, PutOptions } from './put-options.ts';
import { QueueCore } from './queue-core.ts';
import { checkGetMany, checkGetOptions, type PersistentQueueOptions } from './queue-options.ts';
import type { ConsumableQueue, GetOptions, Item } from './queue.ts';
import { AttachedQueue, type AttachablePort } from './attached-queue.ts';
import { type SharedEnd, shareQueue } from './shared-queue.ts';
import type { QueueItem } from './queue-item.ts';

const NO_OPTIONS: GetOptions = {};

/**
 * A queue of values in a directory. Each `put` and each `done` is on disk before it resolves; after a crash the
 * difference is there again, in the order it was put.
 */
export class PersistentQueue<T = unknown> implements ConsumableQueue<Item<T>>, AsyncIterable<Item<T>>, AsyncDisposable {
  readonly #core: QueueCore<T>;
  #disposing: Promise<void> | undefined;

  private constructor(core: QueueCore<T>) {
    this.#core = core;
  }

  /**
   * Opens the queue in a directory, which is made if it is not there. What an earlier process left undone is delivered
   * first, unless `resume` is false; a load that was finished is cleared away.
   *
   * @throws QueueLockedError while another process owns it, NotAQueueError, FormatVersionError, ReadOnlyQueueError, TypeError for wrong options
   */
  static async open<T = unknown>(directory: string, options?: PersistentQueueOptions<T>): Promise<PersistentQueue<T>>;
  static async open<T = unknown>(options: PersistentQueueOptions<T> & { readonly journalDir: string }): Promise<PersistentQueue<T>>;
  static async open<T>(
    where: string | (PersistentQueueOptions<T> & { readonly journalDir: string }),
    options: PersistentQueueOptions<T> = {},
  ): Promise<PersistentQueue<T>> {
    if (typeof where === 'object' && where !== null) {
      const { journalDir, ...rest } = where;
      return PersistentQueue.open<T>(journalDir, rest);
    }
    return new PersistentQueue<T>(new QueueCore<T>(await openQueue(where, options), options));
  }

  /**
   * In a worker thread or a forked child: the queue that the owner shares with `queue.share(worker)`. The owner decodes the
   * values, and the channel carries them. To a forked child that is JSON, whatever the `codec`: a Date gets there as a
   * string, unless it is forked with `serialization: 'advanced'`.
   */
  static attach<T = unknown>(port: AttachablePort): AttachedQueue<T> {
    return new AttachedQueue<T>(port);
  }

  /** The absolute path of its directory. */
  get directory(): string {
    return this.#core.opened.context.directory;
  }

  /** The number of this opening: ids of messages put in it begin with it. */
  get run(): number {
    return this.#core.opened.ownership.run;
  }

  get maxAttempts(): number {
    return this.#core.maxAttempts;
  }

  /**
   * Puts a message. Resolves with true when it is on disk, as safely as `durability` says; with false if its key was put
   * in this load already. May be left unawaited: `flush` and `close` report its failure.
   *
   * @throws UnserialisableValueError, InvalidValueError, QueueTimeoutError without room, DiskError, QueueClosedError
   */
  put(value: T, options?: PutOptions): Promise<boolean> {
    return this.#core.putting.put(value, options);
  }

  /** Puts many messages, far faster than one by one. Resolves with how many were put; those before a bad one stay put. */
  putMany(values: Iterable<T> | AsyncIterable<T>, options?: PutManyOptions<T>): Promise<number> {
    return this.#core.putting.putMany(values, options);
  }

  /** The next item if one is there now. */
  tryGet(): Promise<Item<T> | undefined> {
    return this.#core.taking.tryGet(this.#core.local);
  }

  /**
   * Waits for the next item. Undefined once the queue is closed and nothing is left; to who holds items, once nothing is
   * left now. Its attempt is counted on disk before it is handed out.
   *
   * @throws QueueTimeoutError, UpstreamFailedError after `fail`, the signal's reason
   */
  get(options?: GetOptions): Promise<Item<T> | undefined> {
    if (options === undefined) return this.#core.taking.get(this.#core.local, NO_OPTIONS);
    try {
      checkGetOptions('get', options);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#core.taking.get(this.#core.local, options);
  }

  /** As `get`, and with it what else is at hand, at most `most` in all. Empty at the end. Far cheaper than one by one; each has its own `done`. */
  async getMany(most: number, options: GetOptions = NO_OPTIONS): Promise<Item<T>[]> {
    checkGetMany(most, options);
    return this.#core.taking.getMany(this.#core.local, most, options);
  }

  /**
   * Item after item, until the queue is closed and empty. A break or a throw gives the last one back, advancing does not.
   * It ends as `get` does: while earlier items are unsettled, as soon as nothing is left now. Settle them and loop again.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Item<T>, void, void> {
    return eachItem<QueueItem<T>>({
      next: () => this.#core.taking.get(this.#core.local, NO_OPTIONS),
      left: async (item) => (item.state === 'taken' ? item.release() : undefined),
    });
  }

  /** What was put and is not done, in put order (a retried message that outlived its journal first); what is in somebody's hands too. */
  outstanding(): AsyncGenerator<OutstandingMessage<T>, void, void> {
    return outstandingMessages(this.#core.listable);
  }

  /** With `resume: false`: delivers what earlier runs left as well, now. Resolves with how many that is. Nothing is copied. */
  requeueOutstanding(): Promise<number> {
    return admitOlder(this.#core);
  }

  /** Finishes everything that is outstanding. Resolves with how many that was. A stop in between leaves the rest outstanding. */
  markAllDone(): Promise<number> {
    return markAllDone(this.#core);
  }

  /** What was given up, with its reason, in put order; what outlived its journal first. */
  failed(): AsyncGenerator<FailedMessage<T>, void, void> {
    return failedMessages(this.#core.listable);
  }

  /** Puts what was given up back to work, all of it or these ids, with its attempts forgiven. Resolves with how many that was. */
  retry(ids?: Iterable<string>): Promise<number> {
    return retryFailed(this.#core, ids);
  }

  /** Resolves when all that was put is done or given up. @throws QueueTimeoutError, the signal's reason */
  async join(options: GetOptions = {}): Promise<void> {
    checkGetOptions('join', options);
    await joinQueue(this.#core, options);
  }

  /** Resolves when all that was put is on disk. Rejects, once, if a put failed since this was asked last. */
  flush(): Promise<void> {
    return this.#core.putting.flush();
  }

  /**
   * The producer's last word: this was all. Consumers come to an end when nothing is left, and once all is done the load
   * is finished: the next opening starts afresh. Rejects as `flush` does, and then nothing is closed.
   *
   * @throws QueueClosedError once it has failed or was disposed
   */
  close(): Promise<void> {
    return closeQueue(this.#core);
  }

  /** The producer's last word: it failed. Who waits, and who asks from now on, gets an `UpstreamFailedError`. What is put stays. */
  fail(reason: unknown): Promise<void> {
    return failQueue(this.#core, reason);
  }

  /** How many messages are in which state. Reads what was not read of earlier runs. */
  counts(): Promise<QueueCounts> {
    return countMessages(this.#core);
  }

  /**
   * Shares the queue with a worker thread or a forked child, where `PersistentQueue.attach` gets it; of one queue at a time.
   * The result ends that, as `dispose` does. What values become on the way to a forked child is said at `attach`.
   *
   * @throws TypeError while a queue of this process is shared with that worker, QueueClosedError once disposed
   */
  share(worker: SharedEnd): () => void {
    return shareQueue(this.#core, worker);
  }

  /** Stops using the queue: what is in hands is given back, uncounted, and another process may open it. Idempotent. */
  dispose(): Promise<void> {
    this.#disposing ??= disposeQueue(this.#core);
    return this.#disposing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
