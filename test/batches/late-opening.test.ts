import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/batches/batch.ts';
import { BatchNotFoundError } from '../../src/batches/batch-errors.ts';
import { createBatch, deleteBatch, openBatch } from '../../src/batches/open-batch.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { Store } from '../../src/stores/store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { BatchPlace, PLACES } from '../support/batch-places.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const storeOn = (fileSystem: FileSystem): Store => new FileStore('file:/s', { fileSystem });

async function makeAnew(store: Store): Promise<void> {
  expect(await deleteBatch('load', { store })).toBe(true);
  await (await createBatch(['new 0', 'new 1'], { store, id: 'load' })).dispose();
}

/** By numbers alone, as a queue brings them. */
async function workOff(store: Store): Promise<void> {
  const batch = await openBatch('load', { store });
  const reduce = async ({ results }: { results: () => AsyncIterable<{ result: unknown }> }): Promise<unknown[]> => {
    const all: unknown[] = [];
    for await (const { result } of results()) all.push(result);
    return all;
  };
  for (const part of [0, 1]) await batch.part(part, (value) => value, { reduce });
  expect([(await batch.status()).state, await batch.reduced()]).toEqual(['done', ['new 0', 'new 1']]);
  await batch.dispose();
}

/** All that a late one may ask for. */
async function disturb(late: Batch): Promise<void> {
  const calls = [
    () => late.part(0, () => 'old'),
    () => late.isPartDone(0),
    () => late.work(() => 'old'),
    () => late.status(),
    () => late.retry(),
    () => late.reduced(),
    () => late.announce(),
  ];
  for (const call of calls) await expect(call(), String(call)).rejects.toThrow(BatchNotFoundError);
}

describe.each(PLACES)('whoever has a batch of a %s store open that was deleted, and another made of its id,', (kind) => {
  it('is told that it is gone, sees nothing of the new one, and harms nothing in it', async () => {
    const { store } = new BatchPlace(kind);
    await (await createBatch(['old 0', 'old 1', 'old 2'], { store, id: 'load' })).dispose();
    const late = await openBatch('load', { store });
    await makeAnew(store);
    await disturb(late);
    await workOff(store);
    await disturb(late);
    await late.dispose();
  });
});

describe('whoever stands still while it opens a batch', () => {
  it('is told that it is gone, if it was deleted and another made of its id meanwhile, and harms nothing in that one', async () => {
    let late = 0;
    for (let call = 1; ; call += 1) {
      const disk = memoryDisk();
      await (await createBatch(['old 0', 'old 1', 'old 2'], { store: storeOn(disk), id: 'load' })).dispose();
      const fs = sleepyDisk(disk, { call, meanwhile: () => makeAnew(storeOn(disk)) });
      const batch = await openBatch('load', { store: storeOn(fs) }).catch((error: unknown) => {
        expect(error, `before call ${call}: ${fs.calls[call - 1]}`).toBeInstanceOf(BatchNotFoundError);
        return undefined;
      });
      if (fs.calls.length < call) break;
      if (batch === undefined) late += 1;
      else if (batch.total === 3) await disturb(batch);
      await batch?.dispose();
      await workOff(storeOn(disk));
    }
    expect(late).toBeGreaterThan(5);
  });
});
