import { DiskError } from '../../src/errors.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import type { Item } from '../../src/queues/queue.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { hastyClock } from './hasty-clock.ts';
import { mortal } from './mortal.ts';
import type { LedgerEntry, QueueLedger } from './queue-ledger.ts';

export type ScriptOptions = Omit<PersistentQueueOptions<string>, 'fileSystem' | 'codec' | 'schema'>;

/** There was none, which is no fault of the queue's. */
export class NothingToTake extends Error {}

/** A queue of strings, all different, whose every promise is noted in a ledger. */
export class WatchedQueue {
  readonly queue: PersistentQueue<string>;
  readonly #ledger: QueueLedger;

  private constructor(queue: PersistentQueue<string>, ledger: QueueLedger) {
    this.queue = queue;
    this.#ledger = ledger;
  }

  static async open(fs: FaultyDisk, ledger: QueueLedger, directory: string, options: ScriptOptions = {}): Promise<WatchedQueue> {
    return new WatchedQueue(
      await PersistentQueue.open<string>(directory, { clock: hastyClock(), ...options, fileSystem: mortal(fs) }),
      ledger,
    );
  }

  async put(value: string, key?: string): Promise<boolean> {
    this.#ledger.note(value, (entry) => (entry.key = key));
    const put = this.queue.put(value, key === undefined ? undefined : { key });
    const refused = (entry: LedgerEntry, error: unknown): void => void (error instanceof DiskError && (entry.put = 'refused'));
    return this.#noted(value, put, (entry) => (entry.put = 'acknowledged'), refused);
  }

  putAll(...values: string[]): Promise<boolean[]> {
    return Promise.all(values.map((value) => this.put(value)));
  }

  async take(): Promise<Item<string>> {
    const item = await this.takeIfAny();
    if (item === undefined) throw new NothingToTake();
    return item;
  }

  async takeIfAny(): Promise<Item<string> | undefined> {
    const item = await this.queue.tryGet();
    if (item === undefined) return undefined;
    this.#ledger.note(item.value, (entry) => {
      entry.taken += 1;
      entry.id = item.id;
    });
    return item;
  }

  done(item: Item<string>): Promise<void> {
    this.#ledger.note(item.value, (entry) => (entry.done = 'asked'));
    return this.#noted(item.value, item.done(), (entry) => (entry.done = 'acknowledged'));
  }

  release(item: Item<string>): Promise<void> {
    this.#ledger.note(item.value, (entry) => (entry.maybeReleased += 1));
    return this.#noted(item.value, item.release(), (entry) => (entry.released += 1));
  }

  /** `last`: the attempts are used up by it. */
  fail(item: Item<string>, last: boolean): Promise<void> {
    if (last) this.#ledger.note(item.value, (entry) => (entry.givenUp = 'asked'));
    return this.#noted(item.value, item.fail(new Error('not today')), (entry) => (entry.givenUp = last ? 'acknowledged' : entry.givenUp));
  }

  async retry(...values: string[]): Promise<void> {
    for (const value of values) this.#ledger.note(value, (entry) => (entry.retried = 'asked'));
    await this.queue.retry();
    for (const value of values) {
      this.#ledger.note(value, (entry) => {
        entry.retried = 'acknowledged';
        entry.givenUp = 'no';
      });
    }
  }

  /** Finishes all that was put. */
  async markAllDone(): Promise<void> {
    const values = [...this.#ledger.entries.values()].filter(({ done }) => done !== 'acknowledged').map(({ value }) => value);
    for (const value of values) this.#ledger.note(value, (entry) => (entry.done = 'asked'));
    await this.queue.markAllDone();
    for (const value of values) this.#ledger.note(value, (entry) => (entry.done = 'acknowledged'));
  }

  /** Says that this was all: if all is done the load is over, and its keys are free. */
  async close(): Promise<void> {
    const entries = [...this.#ledger.entries.values()];
    const isOver = entries.every(({ done }) => done === 'acknowledged');
    if (isOver) for (const { value } of entries) this.#ledger.note(value, (entry) => (entry.key = undefined));
    await this.queue.close();
  }

  /** Gives back what is in hands, uncounted. */
  async dispose(): Promise<void> {
    for (const { value, done } of this.#ledger.entries.values()) {
      if (done !== 'acknowledged') this.#ledger.note(value, (entry) => (entry.maybeReleased += 1));
    }
    await this.queue.dispose();
  }

  async #noted<T>(
    value: string,
    answer: Promise<T>,
    kept: (entry: LedgerEntry) => unknown,
    refused: (entry: LedgerEntry, error: unknown) => void = () => undefined,
  ): Promise<T> {
    try {
      const result = await answer;
      this.#ledger.note(value, kept);
      return result;
    } catch (error) {
      this.#ledger.note(value, (entry) => refused(entry, error));
      throw error;
    }
  }
}
