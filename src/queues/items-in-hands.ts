import type { Consumer } from './consumer.ts';
import type { QueueItem } from './queue-item.ts';

/** Whose hands those may be. */
export interface HandsHost<T> {
  /** Everybody who takes items. */
  readonly consumers: Iterable<Consumer<QueueItem<T>>>;
  /** Something was settled: whoever waits for that should look again. */
  changed(): void;
}

/** Items that are in somebody's hands, or on their way there. */
export class ItemsInHands<T> {
  readonly #queue: HandsHost<T>;
  #count = 0;
  #onTheWay = 0;

  constructor(queue: HandsHost<T>) {
    this.#queue = queue;
  }

  /** How many are in anybody's hands. */
  get count(): number {
    return this.#count;
  }

  /** Which messages those are, and for the how manieth time. */
  attempts(): ReadonlyMap<string, number> {
    return new Map([...this.#queue.consumers].flatMap(({ held }) => [...held].map(({ id, attempt }) => [id, attempt] as const)));
  }

  /** Whether anybody but this consumer has items, or is about to: they may come back. */
  othersHave(consumer: Consumer<QueueItem<T>>): boolean {
    return this.#onTheWay > 0 || this.#count > consumer.held.size;
  }

  /** Whether nothing is in hands, nor on the way there. */
  get isIdle(): boolean {
    return this.#count === 0 && this.#onTheWay === 0;
  }

  /** A message was found for somebody, who does not have it yet. */
  found(): void {
    this.#onTheWay++;
  }

  /** It is in hands now, given up, or given back. */
  arrived(): void {
    this.#onTheWay--;
    this.#queue.changed();
  }

  take(item: QueueItem<T>): void {
    item.consumer.held.add(item);
    this.#count++;
  }

  /** Nobody has it any more, if anybody had. */
  leave(item: QueueItem<T>): void {
    if (item.consumer.held.delete(item)) this.#count--;
  }
}
