import type { Clock } from '../clock.ts';
import type { Ready } from '../journals/ready.ts';
import type { Consumer } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { type DueHost, itemOf } from './due-message.ts';
import { QueueItem } from './queue-item.ts';
import { type WaitOptions, waitFor } from './room.ts';

/** What taking needs of its queue. */
export interface TakingHost<T> extends DueHost<T> {
  readonly directory: string;
  readonly clock: Clock;
  readonly delivery: Delivery<T>;
  /** Whether a consumer that finds nothing has come to the end, and is not to wait. */
  isEnd(consumer: Consumer<QueueItem<T>>): boolean;
}

/** Takes messages: the next one for whoever asks, and waits for it where there is none. */
export class Taking<T> {
  readonly #queue: TakingHost<T>;
  #end: Error | undefined;

  constructor(queue: TakingHost<T>) {
    this.#queue = queue;
  }

  /** Nobody gets anything any more, and who waits is told so. */
  end(error: Error): void {
    this.#end ??= error;
    this.#queue.delivery.reject(error);
  }

  /** Waits for the next item; undefined at the end. */
  get(consumer: Consumer<QueueItem<T>>, options: WaitOptions): Promise<QueueItem<T> | undefined> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    const { delivery } = this.#queue;
    try {
      const ready = delivery.isAwaited ? undefined : delivery.next();
      if (ready !== undefined) {
        const found = itemOf(this.#queue, consumer, ready);
        return found instanceof QueueItem ? this.#queue.settling.hand(found) : this.#orNext(found.later, consumer, options);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    if (delivery.isEmpty && this.#queue.isEnd(consumer)) return Promise.resolve(undefined);
    return this.#wait(consumer, options);
  }

  /** Waits for the next item, and takes with it what else is at hand: `most` in all at the most. None at the end. */
  async getMany(consumer: Consumer<QueueItem<T>>, most: number, options: WaitOptions): Promise<QueueItem<T>[]> {
    const items = options.signal?.aborted ? [] : await this.#takeAtHand(consumer, most);
    if (items.length > 0) return items;
    const first = await this.get(consumer, options);
    if (first === undefined) return [];
    // What is refused now is refused again to whoever asks next; this one is in hands already.
    const more = await this.#takeAtHand(consumer, most - 1).catch(() => []);
    return [first, ...more];
  }

  /** The next item if there is one now. */
  async tryGet(consumer: Consumer<QueueItem<T>>): Promise<QueueItem<T> | undefined> {
    const { delivery } = this.#queue;
    while (this.#end === undefined) {
      if (delivery.isAwaited) return undefined;
      const ready = delivery.next();
      if (ready !== undefined) {
        const found = itemOf(this.#queue, consumer, ready);
        const item = await (found instanceof QueueItem ? this.#queue.settling.hand(found) : this.#onTheWay(found.later));
        if (item !== undefined) return item;
      } else if (delivery.loading !== undefined) await delivery.loading;
      else return undefined;
    }
    throw this.#end;
  }

  /** Takes what is in memory, or can be read at once, and writes down in one go that it was taken. */
  async #takeAtHand(consumer: Consumer<QueueItem<T>>, most: number): Promise<QueueItem<T>[]> {
    const { settling } = this.#queue;
    const taken: QueueItem<T>[] = [];
    while (taken.length < most && this.#end === undefined) {
      const { items, later } = this.#atHand(consumer, most - taken.length);
      if (items.length === 0 && later === undefined) break;
      const [handed, looked] = await Promise.allSettled([
        settling.handMany(items),
        later === undefined ? undefined : this.#onTheWay(later),
      ]);
      if (handed.status === 'fulfilled') taken.push(...items);
      if (looked.status === 'fulfilled' && looked.value !== undefined) taken.push(looked.value);
      const refused = [handed, looked].find(({ status }) => status === 'rejected');
      if (refused?.status !== 'rejected') continue;
      // What was refused went back to its place. The rest is in hands, and whoever asks next is told.
      if (taken.length === 0) throw refused.reason;
      break;
    }
    return taken;
  }

  /** What can be handed out right now, up to the first message that has to be looked at. */
  #atHand(
    consumer: Consumer<QueueItem<T>>,
    most: number,
  ): { readonly items: QueueItem<T>[]; readonly later?: Promise<QueueItem<T> | undefined> } {
    const { delivery } = this.#queue;
    const items: QueueItem<T>[] = [];
    try {
      while (items.length < most && !delivery.isAwaited) {
        const ready = delivery.next();
        if (ready === undefined) break;
        const found = itemOf(this.#queue, consumer, ready);
        if (!(found instanceof QueueItem)) return { items, later: found.later };
        items.push(found);
      }
    } catch (error) {
      if (items.length === 0) throw error;
    }
    return { items };
  }

  /** What comes of a message that was found for somebody who waited. */
  async #receive(consumer: Consumer<QueueItem<T>>, ready: Ready<T>): Promise<QueueItem<T> | undefined> {
    const { delivery, settling } = this.#queue;
    try {
      if (this.#end !== undefined) {
        delivery.giveBack(ready);
        throw this.#end;
      }
      const found = itemOf(this.#queue, consumer, ready);
      return await (found instanceof QueueItem ? settling.hand(found) : found.later);
    } finally {
      settling.hands.arrived();
    }
  }

  async #orNext(
    later: Promise<QueueItem<T> | undefined>,
    consumer: Consumer<QueueItem<T>>,
    options: WaitOptions,
  ): Promise<QueueItem<T> | undefined> {
    return (await this.#onTheWay(later)) ?? this.get(consumer, options);
  }

  /** While it is looked at, nobody else has come to the end. */
  #onTheWay(later: Promise<QueueItem<T> | undefined>): Promise<QueueItem<T> | undefined> {
    const { settling } = this.#queue;
    settling.hands.found();
    return later.finally(() => settling.hands.arrived());
  }

  async #wait(consumer: Consumer<QueueItem<T>>, options: WaitOptions): Promise<QueueItem<T> | undefined> {
    const { delivery, directory, clock } = this.#queue;
    const waiter = delivery.wait(consumer);
    const started = clock.monotonic();
    const ready = await waitFor({ operation: 'get', where: directory, clock }, waiter.found, options, () => delivery.leave(waiter));
    if (ready === undefined) return undefined;
    const item = await this.#receive(consumer, ready);
    if (item !== undefined) return item;
    const { timeoutMs } = options;
    const left = timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - (clock.monotonic() - started));
    return this.get(consumer, { ...options, timeoutMs: left });
  }
}
