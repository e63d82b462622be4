import { onTestFinished } from 'vitest';
import type { Batch } from '../../src/batches/batch.ts';
import type { CreateBatchOptions } from '../../src/batches/batch-options.ts';
import { createBatch, openBatch } from '../../src/batches/open-batch.ts';
import type { Clock } from '../../src/clock.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import { MemoryStore } from '../../src/stores/memory-store.ts';
import type { Store } from '../../src/stores/store.ts';
import { hastyClock } from './hasty-clock.ts';
import { tempFolder } from './temp-folder.ts';

export const PLACES = ['memory', 'file'] as const;

/** A store where waiting takes no time, and batches in it. All that was opened ends with the test. */
export class BatchPlace {
  readonly clock: Clock = hastyClock();
  readonly store: Store;
  readonly #open: Batch[] = [];

  constructor(kind: (typeof PLACES)[number]) {
    const { clock } = this;
    this.store =
      kind === 'memory' ? new MemoryStore('memory:', { clock }) : new FileStore(`file:${tempFolder()}`, { durability: 'process', clock });
    onTestFinished(async () => {
      for (const batch of this.#open) await batch.dispose();
      await this.store.dispose();
    });
  }

  async create<P>(parts: Iterable<P> | AsyncIterable<P>, options: Partial<CreateBatchOptions<P>> = {}): Promise<Batch<P, unknown>> {
    const batch = await createBatch<P>(parts, { store: this.store, clock: this.clock, id: 'load', ...options });
    this.#open.push(batch);
    return batch;
  }

  /** Of parts alone. */
  async createUnnamed<P>(parts: Iterable<P>): Promise<Batch<P, unknown>> {
    const batch = await createBatch<P>(parts, { store: this.store, clock: this.clock });
    this.#open.push(batch);
    return batch;
  }

  /** As another process has it. */
  async open(id = 'load'): Promise<Batch> {
    const batch = await openBatch(id, { store: this.store, clock: this.clock });
    this.#open.push(batch);
    return batch;
  }
}

/** Each of a listing. */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
