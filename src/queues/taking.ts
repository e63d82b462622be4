import type { Clock } from '../clock.ts';
import { ItemSettledError, QueueClosedError, UpstreamFailedError } from '../errors.ts';
import type { Ready } from '../journals/backlog.ts';
import type { DoneJournal } from '../journals/done-journal.ts';
import { describeFailure, isPermanent, killedReason } from '../journals/failure-reason.ts';
import type { Holdings } from '../journals/holdings.ts';
import type { Message } from '../journals/segment.ts';
import type { DoneLine, FailureReason } from '../formats/done-line.ts';
import type { Delivery } from './delivery.ts';
import { type ItemHost, QueueItem } from './queue-item.ts';
import { type WaitOptions, waitFor } from './room.ts';
import { type PayloadSchema, validate } from './schema.ts';

/** Somebody who takes items: this process, or a worker that it shares the queue with. */
export class Consumer<T> {
  readonly held = new Set<QueueItem<T>>();
}

export interface TakingOptions<T> {
  readonly directory: string;
  readonly clock: Clock;
  readonly maxAttempts: number;
  readonly schema: PayloadSchema<T> | undefined;
  readonly holdings: Holdings;
  readonly delivery: Delivery<T>;
  readonly dones: () => DoneJournal<QueueItem<T>>;
  /** Something was settled: whoever waits for that should look again. */
  readonly settled: () => void;
  /** Everybody who takes items. */
  readonly consumers: () => Iterable<Consumer<T>>;
  /** So many messages are outstanding more than before. */
  readonly outstanding: (change: 1 | -1) => void;
}

/** Takes messages and settles them: what may be delivered, to whom, for the how manieth time. */
export class Taking<T> implements ItemHost<T> {
  readonly #options: TakingOptions<T>;
  /** Items in anybody's hands. */
  #held = 0;
  #end: Error | undefined;

  constructor(options: TakingOptions<T>) {
    this.#options = options;
  }

  get held(): number {
    return this.#held;
  }

  /** Nobody gets anything any more, and who waits is told so. */
  end(error: Error): void {
    this.#end ??= error;
    this.#options.delivery.reject(error);
  }

  /** Waits for the next item; undefined at the end. */
  get(consumer: Consumer<T>, isEnd: (consumer: Consumer<T>) => boolean, options: WaitOptions): Promise<QueueItem<T> | undefined> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    const { delivery } = this.#options;
    try {
      const ready = delivery.isAwaited ? undefined : delivery.next();
      if (ready !== undefined) {
        const item = this.#deliver(consumer, ready);
        return item instanceof Promise ? item : this.#again(consumer, isEnd, options, item.later);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    if (delivery.isEmpty && isEnd(consumer)) return Promise.resolve(undefined);
    return this.#wait(consumer, isEnd, options);
  }

  /** The next item if there is one now. */
  async tryGet(consumer: Consumer<T>): Promise<QueueItem<T> | undefined> {
    const { delivery } = this.#options;
    while (this.#end === undefined) {
      if (delivery.isAwaited) return undefined;
      const ready = delivery.next();
      if (ready !== undefined) {
        const item = this.#deliver(consumer, ready);
        const given = item instanceof Promise ? await item : await item.later;
        if (given !== undefined) return given;
      } else if (delivery.loading !== undefined) await delivery.loading;
      else return undefined;
    }
    throw this.#end;
  }

  finish(item: QueueItem<T>): Promise<void> {
    return this.#options.dones().finish(item);
  }

  async release(item: QueueItem<T>): Promise<void> {
    const { run, sequence } = item.message;
    await this.#write(item, { kind: 'released', run, sequence, attempt: item.delivery });
    if (item.state !== 'settling') return;
    this.#options.holdings.ledger.count(run, sequence, item.delivery - 1);
    this.#settle(item, 'released');
    this.#options.delivery.giveBack(item.message);
  }

  async fail(item: QueueItem<T>, error: unknown): Promise<void> {
    const { run, sequence } = item.message;
    if (item.attempt >= this.#options.maxAttempts || isPermanent(error)) {
      await this.#write(item, { kind: 'failed', run, sequence, attempt: item.delivery, error: describeFailure(error) });
      if (item.state !== 'settling') return;
      this.#gaveUp(item.message, item.delivery, describeFailure(error));
      this.#settle(item, 'failed');
      return;
    }
    // Its delivery was counted when it was taken: nothing is to be written.
    this.#options.holdings.ledger.count(run, sequence, item.delivery);
    this.#settle(item, 'failed');
    this.#options.delivery.giveBack(item.message);
  }

  /** It is on disk that the item is done. */
  finished(item: QueueItem<T>): void {
    const { holdings, outstanding } = this.#options;
    const { message } = item;
    if (holdings.ledger.finish(message.run, message.sequence)) {
      if (item.delivery > 1) holdings.ledger.forget(message.run, message.sequence);
      holdings.done(message);
      holdings.finished(message, 1);
      outstanding(-1);
    }
    this.#settle(item, 'done');
  }

  /** A message was finished without its item: whoever has it in hands is told when settling it. */
  finishedElsewhere(message: Message): void {
    const { holdings, outstanding, consumers } = this.#options;
    holdings.done(message);
    holdings.finished(message, 1);
    outstanding(-1);
    for (const { held } of consumers()) {
      for (const item of held) {
        if (item.message.run !== message.run || item.message.sequence !== message.sequence) continue;
        this.#settle(item, 'done');
        item.abort(new ItemSettledError('work', item.id, 'done'));
      }
    }
  }

  /** A message that was given up is to be done after all. */
  outstandingAgain(message: Message): void {
    const { holdings, delivery, outstanding } = this.#options;
    holdings.failed(message, -1);
    holdings.finished(message, -1);
    outstanding(1);
    delivery.giveBack(message);
  }

  /** It is not: the item may be settled again. */
  unfinished(item: QueueItem<T>): void {
    item.state = 'taken';
  }

  /** Its delivery is not on disk: nobody has it. */
  undelivered(item: QueueItem<T>): void {
    this.#settle(item, 'released');
    this.#options.delivery.giveBack(item.message);
  }

  /** Gives back what a consumer held when it ended: each attempt counts, since what ended it may have been its item. */
  async lose(consumer: Consumer<T>, reason: Error): Promise<void> {
    for (const item of [...consumer.held]) {
      item.abort(reason);
      if (item.state === 'taken') await this.fail(item, killedReason(item.attempt)).catch(() => this.unfinished(item));
    }
  }

  /** Whether anybody but this consumer has items: they may come back. */
  othersHold(consumer: Consumer<T>): boolean {
    return this.#held > consumer.held.size;
  }

  /** The promise of the item; or `later`, where the message may turn out to be given up instead: then the next one is due. */
  #deliver(consumer: Consumer<T>, { message, value }: Ready<T>): Promise<QueueItem<T>> | { readonly later: Promise<QueueItem<T> | undefined> } {
    const { holdings, maxAttempts, schema } = this.#options;
    // Finished by `markAllDone` while it waited here.
    if (holdings.isFinished(message.run, message.sequence)) return { later: Promise.resolve(undefined) };
    const before = holdings.ledger.attempts(message.run, message.sequence);
    const forgiven = before === 0 ? 0 : holdings.ledger.forgiven(message.run, message.sequence);
    if (before - forgiven >= maxAttempts) return { later: this.#giveUp(message, before, killedReason(before - forgiven)) };
    if (!value.ok) return { later: this.#giveUp(message, before, describeFailure(value.error)) };
    const hand = (valid: T): Promise<QueueItem<T>> => this.#hand(new QueueItem(this, consumer, message, valid, before + 1, forgiven), consumer);
    if (schema === undefined) return hand(value.value);
    const refuse = (error: unknown): Promise<undefined> => this.#giveUp(message, before, describeFailure(error));
    return { later: validate(schema, value.value).then(hand, refuse) };
  }

  #hand(item: QueueItem<T>, consumer: Consumer<T>): Promise<QueueItem<T>> {
    consumer.held.add(item);
    this.#held++;
    return this.#options.dones().take(item);
  }

  async #again(consumer: Consumer<T>, isEnd: (consumer: Consumer<T>) => boolean, options: WaitOptions, later: Promise<QueueItem<T> | undefined>): Promise<QueueItem<T> | undefined> {
    return (await later) ?? this.get(consumer, isEnd, options);
  }

  async #wait(consumer: Consumer<T>, isEnd: (consumer: Consumer<T>) => boolean, options: WaitOptions): Promise<QueueItem<T> | undefined> {
    const { delivery, directory, clock } = this.#options;
    const waiter = delivery.wait(consumer);
    const started = clock.monotonic();
    const ready = await waitFor({ operation: 'get', where: directory, clock }, waiter.found, options, () => delivery.leave(waiter));
    if (ready === undefined) return undefined;
    if (this.#end !== undefined) {
      delivery.giveBack(ready.message);
      throw this.#end;
    }
    const item = this.#deliver(consumer, ready);
    const given = item instanceof Promise ? await item : await item.later;
    if (given !== undefined) return given;
    const { timeoutMs } = options;
    const left = timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - (clock.monotonic() - started));
    return this.get(consumer, isEnd, { ...options, timeoutMs: left });
  }

  async #giveUp(message: Message, delivery: number, error: FailureReason): Promise<undefined> {
    const { run, sequence } = message;
    try {
      await this.#options.dones().write([{ kind: 'failed', run, sequence, attempt: delivery, error }]);
    } catch (cause) {
      this.#options.delivery.giveBack(message);
      throw cause;
    }
    this.#gaveUp(message, delivery, error);
    this.#options.settled();
  }

  #gaveUp(message: Message, delivery: number, error: FailureReason): void {
    const { holdings, outstanding } = this.#options;
    holdings.ledger.giveUp(message.run, message.sequence, delivery, error);
    holdings.failed(message, 1);
    holdings.finished(message, 1);
    outstanding(-1);
  }

  async #write(item: QueueItem<T>, line: DoneLine): Promise<void> {
    try {
      await this.#options.dones().write([line]);
    } catch (error) {
      this.unfinished(item);
      throw error;
    }
  }

  #settle(item: QueueItem<T>, state: 'done' | 'released' | 'failed'): void {
    item.state = state;
    if ((item.consumer as Consumer<T>).held.delete(item)) this.#held--;
    this.#options.settled();
  }
}

/** The errors that a queue which takes and gives no more answers with. */
export function disposedError(directory: string): QueueClosedError {
  return new QueueClosedError('get', directory, 'disposed');
}

export function upstreamError(directory: string, reason: unknown): UpstreamFailedError {
  return new UpstreamFailedError(directory, describeFailure(reason).message, { cause: reason });
}
