import { ItemSettledError } from '../errors.ts';
import type { DoneLine } from '../formats/done-line.ts';
import { describeFailure, type FailureReason, isPermanent, KilledError } from '../formats/failure-reason.ts';
import type { DoneHooks } from '../journals/done-batch.ts';
import type { DoneJournal } from '../journals/done-journal.ts';
import type { Holdings } from '../journals/holdings.ts';
import type { Message } from '../journals/segment.ts';
import type { IdRange } from '../machines/id-ranges.ts';
import type { Consumer } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { type HandsHost, ItemsInHands } from './items-in-hands.ts';
import type { ItemHost, QueueItem } from './queue-item.ts';

/** What settling needs of its queue. */
export interface SettlingHost<T> extends HandsHost<T> {
  readonly maxAttempts: number;
  readonly holdings: Holdings;
  readonly delivery: Delivery<T>;
  readonly dones: DoneJournal<QueueItem<T>>;
  /** So many messages are outstanding more than before. */
  outstanding(change: 1 | -1): void;
}

/** Ends what was begun: each item is done, released or failed, on disk first and then in the books. */
export class Settling<T> implements ItemHost<T>, DoneHooks<QueueItem<T>> {
  readonly #queue: SettlingHost<T>;
  /** Who has which items. */
  readonly hands: ItemsInHands<T>;

  constructor(queue: SettlingHost<T>) {
    this.#queue = queue;
    this.hands = new ItemsInHands(queue);
  }

  /** Puts an item in somebody's hands, once its delivery is on disk. */
  hand(item: QueueItem<T>): Promise<QueueItem<T>> {
    this.hands.take(item);
    return this.#queue.dones.take(item);
  }

  /** The same for several, written down together: all of them are handed out, or none. */
  handMany(items: readonly QueueItem<T>[]): Promise<void> {
    for (const item of items) this.hands.take(item);
    return this.#queue.dones.takeMany(items);
  }

  finish(item: QueueItem<T>): Promise<void> {
    return this.#queue.dones.finish(item);
  }

  release(item: QueueItem<T>): Promise<void> {
    const { run, sequence } = item.message;
    return this.#write(item, { kind: 'released', run, sequence, attempt: item.delivery }, () => {
      this.#queue.holdings.ledger.count(run, sequence, item.delivery - 1);
      this.#giveBack(item, 'released');
    });
  }

  async fail(item: QueueItem<T>, error: unknown): Promise<void> {
    const { run, sequence } = item.message;
    if (item.attempt >= this.#queue.maxAttempts || isPermanent(error)) {
      const reason = describeFailure(error);
      return this.#write(item, { kind: 'failed', run, sequence, attempt: item.delivery, error: reason }, () => {
        this.#gaveUp(item.message, item.delivery, reason);
        this.#settle(item, 'failed');
      });
    }
    // Its delivery was counted when it was taken: nothing is to be written.
    this.#queue.holdings.ledger.count(run, sequence, item.delivery);
    this.#giveBack(item, 'failed');
  }

  /** Gives back what a consumer held when it ended: each attempt counts, since what ended it may have been its item. */
  async lose(consumer: Consumer<QueueItem<T>>, reason: Error): Promise<void> {
    consumer.ended = true;
    for (const item of [...consumer.held]) {
      item.abort(reason);
      // What is being settled right now comes back by itself if that fails. So does this, if its end can't be written down.
      if (item.state === 'taken') await item.fail(new KilledError(item.attempt)).catch(() => undefined);
    }
  }

  /** Gives a message up that nobody has in hands. */
  async giveUp(message: Message, delivery: number, error: FailureReason): Promise<undefined> {
    const { run, sequence } = message;
    try {
      await this.#queue.dones.write([{ kind: 'failed', run, sequence, attempt: delivery, error }]);
    } catch (cause) {
      if (!this.#queue.holdings.isFinished(run, sequence)) this.#queue.delivery.giveBack(message);
      throw cause;
    }
    // Finished by `markAllDone` while that was written down: then this stands.
    if (!this.#queue.holdings.isFinished(run, sequence)) this.#gaveUp(message, delivery, error);
    this.#queue.changed();
  }

  /** A message that was given up is to be done after all. */
  outstandingAgain(message: Message, attempt: number): void {
    const { holdings, delivery } = this.#queue;
    holdings.retry(message, attempt);
    this.#queue.outstanding(1);
    delivery.giveBack(message);
  }

  /** It is on disk that a message is done, without its item: whoever has it in hands is told. False if it was done before. */
  finishedElsewhere(message: Message): boolean {
    const { holdings } = this.#queue;
    // Given up while that was written down: it is counted as finished already.
    const wasGivenUp = holdings.ledger.failed.has(message.run, message.sequence);
    if (!holdings.ledger.finish(message.run, message.sequence)) return false;
    if (wasGivenUp) holdings.doneAfterAll(message);
    else this.#count(message);
    for (const { held } of this.#queue.consumers) {
      for (const item of held) {
        if (item.message.run !== message.run || item.message.sequence !== message.sequence) continue;
        this.#settle(item, 'done');
        item.abort(new ItemSettledError('work', item.id, 'done'));
      }
    }
    return true;
  }

  /** The done journal speaks of these messages. */
  wrote(about: IdRange | 'closed'): void {
    this.#queue.holdings.doneFiles.spoke(about);
  }

  /** It is on disk that these items are done. */
  finished(items: readonly QueueItem<T>[]): void {
    const { ledger } = this.#queue.holdings;
    for (const item of items) {
      const { run, sequence } = item.message;
      if (ledger.finish(run, sequence)) {
        if (item.delivery > 1) ledger.forget(run, sequence);
        this.#count(item.message);
      }
      this.#leave(item, 'done');
    }
    this.#queue.changed();
  }

  /** It is not: the item may be settled again, if it was not finished elsewhere. */
  unfinished(item: QueueItem<T>): void {
    if (item.state !== 'settling') return;
    item.state = 'taken';
    if (!item.consumer.ended) return;
    this.#queue.holdings.ledger.count(item.message.run, item.message.sequence, item.delivery);
    this.#giveBack(item, 'failed');
  }

  /** Its delivery is not on disk: nobody has it. Who was to have it may be gone meanwhile, and then it was given back already. */
  undelivered(item: QueueItem<T>): void {
    if (item.state === 'taken') this.#giveBack(item, 'released');
  }

  /** A message is done. */
  #count(message: Message): void {
    const { holdings } = this.#queue;
    holdings.done(message);
    holdings.finished(message, 1);
    this.#queue.outstanding(-1);
  }

  #gaveUp(message: Message, delivery: number, error: FailureReason): void {
    const { holdings } = this.#queue;
    holdings.ledger.giveUp(message.run, message.sequence, delivery, error);
    holdings.failed(message, 1);
    holdings.finished(message, 1);
    this.#queue.outstanding(-1);
  }

  /** Writes down how an item ends, and then has it so: unless it was finished elsewhere meanwhile, and then that stands. */
  async #write(item: QueueItem<T>, line: DoneLine, ended: () => void): Promise<void> {
    try {
      await this.#queue.dones.write([line]);
    } catch (error) {
      this.unfinished(item);
      throw error;
    }
    // At once: a moment later somebody else may finish it, and both would count it.
    if (item.state === 'settling') ended();
  }

  // Given back before it counts as out of hands: who waits for the end must not see a moment without it.
  #giveBack(item: QueueItem<T>, state: 'released' | 'failed'): void {
    this.#queue.delivery.giveBack(item.message);
    this.#settle(item, state);
  }

  #settle(item: QueueItem<T>, state: 'done' | 'released' | 'failed'): void {
    this.#leave(item, state);
    this.#queue.changed();
  }

  #leave(item: QueueItem<T>, state: 'done' | 'released' | 'failed'): void {
    item.state = state;
    this.hands.leave(item);
  }
}
