import { describe, expect, it } from 'vitest';
import { BatchExistsError, BatchNotFoundError } from '../../src/batches/batch-errors.ts';
import { createBatch, deleteBatch, openBatch } from '../../src/batches/open-batch.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { randomNumbers } from '../support/random.ts';
import { bySize, oneIn, sampleOf } from '../support/sample.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { turns } from '../support/turns.ts';

const ORDERS = bySize({ quick: 10, slow: 60, deep: 2_000 });
const PARTS = [1, 2, 3];

/** As a process of its own does it: the id of the batch, or what was thrown. */
async function make(fs: FileSystem, parts: readonly number[] = PARTS): Promise<unknown> {
  const store = new FileStore('file:/s', { fileSystem: fs });
  try {
    const batch = await createBatch(parts, { store, id: 'load' });
    await batch.dispose();
    return batch.id;
  } catch (error) {
    return error;
  } finally {
    await store.dispose();
  }
}

/** What is found by who comes last: all of it can be worked on, and nothing is left of those that were slower. */
async function assertWhole(fs: FileSystem): Promise<number> {
  const store = new FileStore('file:/s', { fileSystem: fs });
  const batch = await openBatch<number, number>('load', { store });
  const { parts, status } = await batch.work((part) => part * part, { reduce: ({ total }) => total });
  expect(status).toMatchObject({ state: 'done', total: parts.done, damaged: [] });
  const names = await store.shelf('batches', 'load').names();
  expect(names.filter((name) => name.startsWith('parts-') || name.startsWith('left-'))).toHaveLength(1);
  await batch.dispose();
  await store.dispose();
  return parts.done;
}

/** Before which of its calls others come, from 1. */
async function callsOfOne(): Promise<number[]> {
  const fs = sleepyDisk(memoryDisk(), { call: 0, meanwhile: async () => undefined });
  await make(fs);
  const calls = fs.calls.map((_, index) => index + 1);
  return sampleOf(calls, oneIn(1), () => []);
}

describe('of several who make a batch of one id at once', () => {
  it('one makes it, in whatever order their steps come: the others get it, or are told that it is of other parts', async () => {
    const random = randomNumbers(21);
    for (let order = 0; order < ORDERS; order += 1) {
      const disk = memoryDisk();
      const both = turns();
      const makers = [PARTS, PARTS, [...PARTS, 4]].map((parts) => make(both.of(disk), parts));
      await both.run(makers, (n) => Math.floor(random() * n));
      const [one, same, other] = await Promise.all(makers);
      const total = await assertWhole(disk);
      const [theirs, others] = total === PARTS.length ? ['load', expect.any(BatchExistsError)] : [expect.any(BatchExistsError), 'load'];
      expect([one, same, other], `order ${order}`).toEqual([theirs, theirs, others]);
    }
  });

  it('one gets what another makes before any of its calls', async () => {
    for (const call of await callsOfOne()) {
      const disk = memoryDisk();
      const fs = sleepyDisk(disk, { call, meanwhile: async () => void (await make(disk)) });
      expect(await make(fs), `before call ${call}`).toBe('load');
      expect(await assertWhole(disk)).toBe(PARTS.length);
    }
  });

  it('one makes it whole or not at all, if another makes and deletes it before any of its calls', async () => {
    for (const call of await callsOfOne()) {
      const disk = memoryDisk();
      const meanwhile = async (): Promise<void> => {
        await make(disk);
        const store = new FileStore('file:/s', { fileSystem: disk });
        expect(await deleteBatch('load', { store })).toBe(true);
      };
      const made = await make(sleepyDisk(disk, { call, meanwhile }));
      if (made === 'load' && (await isThere(disk))) expect(await assertWhole(disk), `before call ${call}`).toBe(PARTS.length);
      else if (made !== 'load') expect(made, `before call ${call}`).toBeInstanceOf(BatchNotFoundError);
    }
  });
});

describe('whoever finds that the parts went before the plan was there', () => {
  it('takes no plan away but their own, if somebody makes another before any of their calls', async () => {
    for (const call of await callsOfOne()) {
      const disk = memoryDisk();
      const remove = async (): Promise<unknown> => deleteBatch('load', { store: new FileStore('file:/s', { fileSystem: disk }) });
      // The parts go before the plan is there; that is seen by who sleeps once more, until others have removed it and made one.
      for (let again = call + 1; again <= call + 4; again += 1) {
        await remove();
        let made: unknown;
        const meanwhile = async (): Promise<void> => {
          await remove();
          made = await make(disk, [7, 8]);
        };
        await make(sleepyDisk(sleepyDisk(disk, { call, meanwhile: remove }), { call: again, meanwhile }));
        if (made === 'load') expect(await isThere(disk), `before calls ${call} and ${again}`).toBe(true);
      }
    }
  });
});

async function isThere(fs: FileSystem): Promise<boolean> {
  const batch = await openBatch('load', { store: new FileStore('file:/s', { fileSystem: fs }) }).catch(() => undefined);
  await batch?.dispose();
  return batch !== undefined;
}
