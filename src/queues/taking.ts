import type { Clock } from '../clock.ts';
import { describeFailure, KilledError } from '../formats/failure-reason.ts';
import type { Holdings } from '../journals/holdings.ts';
import type { Ready } from '../journals/message-window.ts';
import type { Message } from '../journals/segment.ts';
import type { Consumer } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { QueueItem } from './queue-item.ts';
import { type WaitOptions, waitFor } from './room.ts';
import { type PayloadSchema, validate } from './schema.ts';
import type { Settling } from './settling.ts';

export interface TakingOptions<T> {
  readonly directory: string;
  readonly clock: Clock;
  readonly maxAttempts: number;
  readonly schema: PayloadSchema<T> | undefined;
  readonly holdings: Holdings;
  readonly delivery: Delivery<T>;
  readonly settling: Settling<T>;
  /** Whether a consumer that finds nothing has come to the end, and is not to wait. */
  readonly isEnd: (consumer: Consumer<T>) => boolean;
}

/** What became of a message whose turn had come: an item, or (after a look) nothing, and the next one is due. */
type Given<T> = Promise<QueueItem<T>> | { readonly later: Promise<QueueItem<T> | undefined> };

/** Takes messages: to whom, for the how manieth time, and what is given up instead. */
export class Taking<T> {
  readonly #options: TakingOptions<T>;
  #end: Error | undefined;

  constructor(options: TakingOptions<T>) {
    this.#options = options;
  }

  /** Nobody gets anything any more, and who waits is told so. */
  end(error: Error): void {
    this.#end ??= error;
    this.#options.delivery.reject(error);
  }

  /** Waits for the next item; undefined at the end. */
  get(consumer: Consumer<T>, options: WaitOptions): Promise<QueueItem<T> | undefined> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    const { delivery, isEnd } = this.#options;
    try {
      const ready = delivery.isAwaited ? undefined : delivery.next();
      if (ready !== undefined) {
        const given = this.#deliver(consumer, ready);
        return given instanceof Promise ? given : this.#orNext(given.later, consumer, options);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    if (delivery.isEmpty && isEnd(consumer)) return Promise.resolve(undefined);
    return this.#wait(consumer, options);
  }

  /** The next item if there is one now. */
  async tryGet(consumer: Consumer<T>): Promise<QueueItem<T> | undefined> {
    const { delivery } = this.#options;
    while (this.#end === undefined) {
      if (delivery.isAwaited) return undefined;
      const ready = delivery.next();
      if (ready !== undefined) {
        const given = this.#deliver(consumer, ready);
        const item = await (given instanceof Promise ? given : this.#onTheWay(given.later));
        if (item !== undefined) return item;
      } else if (delivery.loading !== undefined) await delivery.loading;
      else return undefined;
    }
    throw this.#end;
  }

  #deliver(consumer: Consumer<T>, { message, value }: Ready<T>): Given<T> {
    const { holdings, maxAttempts, schema, settling } = this.#options;
    const { run, sequence } = message;
    // Finished by `markAllDone` while it waited here.
    if (holdings.isFinished(run, sequence)) return { later: Promise.resolve(undefined) };
    const before = holdings.ledger.attempts(run, sequence);
    const forgiven = before === 0 ? 0 : holdings.ledger.forgiven(run, sequence);
    if (before - forgiven >= maxAttempts)
      return { later: settling.giveUp(message, before, describeFailure(new KilledError(before - forgiven))) };
    // Not handed out, but tried: attempts grow past what a retry forgave.
    if (!value.ok) return { later: settling.giveUp(message, before + 1, describeFailure(value.error)) };
    if (schema === undefined) return settling.hand(new QueueItem(settling, consumer, message, value.value, before + 1, forgiven));
    return { later: this.#validated(schema, consumer, message, value.value, before, forgiven) };
  }

  async #validated(
    schema: PayloadSchema<T>,
    consumer: Consumer<T>,
    message: Message,
    value: unknown,
    before: number,
    forgiven: number,
  ): Promise<QueueItem<T> | undefined> {
    const { settling } = this.#options;
    let valid: T;
    try {
      valid = await validate(schema, value);
    } catch (error) {
      return settling.giveUp(message, before + 1, describeFailure(error));
    }
    return settling.hand(new QueueItem(settling, consumer, message, valid, before + 1, forgiven));
  }

  /** What comes of a message that was found for somebody who waited. */
  async #receive(consumer: Consumer<T>, ready: Ready<T>): Promise<QueueItem<T> | undefined> {
    const { delivery, settling } = this.#options;
    try {
      if (this.#end === undefined) return await settled(this.#deliver(consumer, ready));
      delivery.giveBack(ready.message);
      throw this.#end;
    } finally {
      settling.arrived();
    }
  }

  async #orNext(later: Promise<QueueItem<T> | undefined>, consumer: Consumer<T>, options: WaitOptions): Promise<QueueItem<T> | undefined> {
    return (await this.#onTheWay(later)) ?? this.get(consumer, options);
  }

  /** While it is looked at, nobody else has come to the end. */
  #onTheWay(later: Promise<QueueItem<T> | undefined>): Promise<QueueItem<T> | undefined> {
    const { settling } = this.#options;
    settling.found();
    return later.finally(() => settling.arrived());
  }

  async #wait(consumer: Consumer<T>, options: WaitOptions): Promise<QueueItem<T> | undefined> {
    const { delivery, directory, clock } = this.#options;
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

function settled<T>(given: Given<T>): Promise<QueueItem<T> | undefined> {
  return given instanceof Promise ? given : given.later;
}
