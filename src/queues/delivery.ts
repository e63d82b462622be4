import { compareIds, type MessageId } from '../formats/message-id.ts';
import type { Backlog } from '../journals/backlog.ts';
import { Ready } from '../journals/ready.ts';
import type { Codec } from '../formats/codec.ts';
import { Deferred } from '../journals/deferred.ts';
import type { Consumer } from './consumer.ts';
import type { QueueItem } from './queue-item.ts';
import type { Message } from '../journals/segment.ts';

/** Somebody who waits for an item. */
export interface Waiter<T> {
  readonly consumer: Consumer<QueueItem<T>>;
  readonly found: Deferred<Ready<T> | undefined>;
}

/** What delivery needs of its queue. */
export interface DeliveryHost<T> {
  readonly codec: Codec<T> | undefined;
  /** Messages of earlier runs, which go first; none if they are not to be delivered. */
  readonly older: Backlog<T> | undefined;
  /** Messages that were put in this run. */
  readonly own: Backlog<T>;
  /** A message is on its way to somebody who waited. */
  found(): void;
  /** What a consumer that finds nothing is told: true if nothing will come either, false if it is to wait. */
  isEnd(consumer: Consumer<QueueItem<T>>): boolean;
}

/** Hands each message to one taker, in put order: what was given back at its place. */
export class Delivery<T> {
  readonly #queue: DeliveryHost<T>;
  /** Given back, in put order: few, so a sorted list will do. */
  readonly #returned: Message[] = [];
  #waiters: Waiter<T>[] = [];
  #serving = false;

  constructor(queue: DeliveryHost<T>) {
    this.#queue = queue;
  }

  /** Whether nothing is left to hand out, in memory or on disk. */
  get isEmpty(): boolean {
    return this.#returned.length === 0 && this.#queue.own.isEmpty && (this.#queue.older?.isEmpty ?? true);
  }

  get returned(): number {
    return this.#returned.length;
  }

  /** The next message if it is at hand. Those who wait already go first. */
  next(): Ready<T> | undefined {
    const older = this.#queue.older;
    const [returned] = this.#returned;
    if (returned !== undefined && this.#isFirst(returned, older)) {
      this.#returned.shift();
      return Ready.alone(returned, this.#queue.codec);
    }
    if (older !== undefined && !older.isEmpty) {
      const ready = older.next();
      // Its next chunk is on the way, and what it holds was put before all of ours.
      if (ready !== undefined || !older.isEmpty) return ready;
    }
    return this.#queue.own.next();
  }

  // What was given back was handed out before, so it is older than what was not; but a retry brings back what an earlier
  // run gave up, and messages that were put before that may still be on disk.
  #isFirst(returned: Message, older: Backlog<T> | undefined): boolean {
    if (older === undefined || older.isEmpty) return true;
    const first = older.first();
    return first === undefined ? older.isEmpty : compareIds(returned, first) < 0;
  }

  /** A read under way. */
  get loading(): Promise<void> | undefined {
    return this.#queue.older?.loading ?? this.#queue.own.loading;
  }

  /** Somebody waits before whoever comes now. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  wait(consumer: Consumer<QueueItem<T>>): Waiter<T> {
    const waiter: Waiter<T> = { consumer, found: new Deferred() };
    this.#waiters.push(waiter);
    return waiter;
  }

  leave(waiter: Waiter<T>): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }

  /** Puts a message back at its place. */
  giveBack({ run, sequence, text }: Message): void {
    // Neither its value, which somebody may have changed, nor what it was read with.
    const message: Message = { run, sequence, text };
    let at = this.#returned.length;
    for (let before = this.#returned[at - 1]; before !== undefined && compareIds(before, message) > 0; before = this.#returned[at - 1])
      at--;
    this.#returned.splice(at, 0, message);
    this.serve();
  }

  /** Something changed: there is more to hand out, or nothing more will come. */
  serve(): void {
    if (this.#serving || this.#waiters.length === 0) return;
    this.#serving = true;
    try {
      while (this.#waiters.length > 0) {
        const ready = this.next();
        if (ready === undefined) break;
        this.#queue.found();
        this.#waiters.shift()?.found.resolve(ready);
      }
      if (this.#waiters.length > 0 && this.isEmpty) this.#endThose();
    } catch (error) {
      // The disk refused to give what is next. One is told; the others may have more luck, and look again.
      this.#waiters.shift()?.found.reject(error);
      setImmediate(() => this.serve());
    } finally {
      this.#serving = false;
    }
  }

  /** Ends all waiting with an error. */
  reject(error: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.found.reject(error);
  }

  /** Forgets what is finished otherwise. */
  purge(isFinished: (id: MessageId) => boolean): void {
    this.#returned.splice(0, this.#returned.length, ...this.#returned.filter((message) => !isFinished(message)));
    this.#queue.older?.purge(isFinished);
    this.#queue.own.purge(isFinished);
    this.serve();
  }

  /** Reads on where nothing is in memory, so that it is known whether anything is left. */
  advance(): void {
    this.#queue.older?.advance();
    this.#queue.own.advance();
  }

  #endThose(): void {
    const ended = new Set(this.#waiters.filter(({ consumer }) => this.#queue.isEnd(consumer)));
    this.#waiters = this.#waiters.filter((waiter) => !ended.has(waiter));
    for (const waiter of ended) waiter.found.resolve(undefined);
  }
}
