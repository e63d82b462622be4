import type { FileSystem } from '../../src/fs/file-system.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import type { Item } from '../../src/queues/queue.ts';
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { mortal } from './mortal.ts';

/** A queue in memory that one process after another opens. Whoever has it when the next one comes was killed. */
export class QueueLives<T = unknown> {
  readonly disk: FileSystem;
  readonly clock: ManualClock = manualClock();
  readonly #options: PersistentQueueOptions<T>;

  constructor(options: PersistentQueueOptions<T> = {}, disk: FileSystem = memoryDisk()) {
    this.#options = options;
    this.disk = disk;
  }

  open(options: PersistentQueueOptions<T> = {}): Promise<PersistentQueue<T>> {
    return PersistentQueue.open<T>('/queue', { clock: this.clock, ...this.#options, ...options, fileSystem: mortal(this.disk) });
  }
}

export async function listed<T>(listing: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of listing) all.push(one);
  return all;
}

export async function valuesOf<T>(listing: AsyncIterable<{ readonly value: T }>): Promise<T[]> {
  return (await listed(listing)).map(({ value }) => value);
}

/** Takes what is there now, and settles none of it. */
export async function takeAll<T>(queue: { tryGet(): Promise<Item<T> | undefined> }): Promise<Item<T>[]> {
  const items: Item<T>[] = [];
  for (let item = await queue.tryGet(); item; item = await queue.tryGet()) items.push(item);
  return items;
}

/** The next item, which has to be there. */
export async function take<T>(queue: { tryGet(): Promise<Item<T> | undefined> }): Promise<Item<T>> {
  const item = await queue.tryGet();
  if (item === undefined) throw new Error('nothing to take');
  return item;
}

/** Does all that is there now, and says which values. */
export async function doAll<T>(queue: { tryGet(): Promise<Item<T> | undefined> }): Promise<T[]> {
  const items = await takeAll(queue);
  for (const item of items) await item.done();
  return items.map(({ value }) => value);
}
