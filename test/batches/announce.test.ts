import { describe, expect, it } from 'vitest';
import { createBatch, deleteBatch } from '../../src/batches/open-batch.ts';
import { BatchNotFoundError } from '../../src/batches/batch-errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { allOf, BatchPlace, PLACES } from '../support/batch-places.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { tasksOf } from '../support/tasks-of-batch.ts';

const refuse = (): never => {
  throw new Error('the queue is full');
};

describe.each(PLACES)('announcing a batch in a %s store', (kind) => {
  it('is done once, and told again by nobody', async () => {
    const place = new BatchPlace(kind);
    const told: string[] = [];
    const publish = ({ partId }: { readonly partId: string }): unknown => told.push(partId);
    const batch = await place.create([1, 2, 3], { publish });
    expect([await batch.announce(publish), await (await place.open()).announce(publish), told.length]).toEqual([0, 0, 3]);
  });

  it('tells what was not told, whoever has worked on parts meanwhile, and leaves out what is settled', async () => {
    const place = new BatchPlace(kind);
    await expect(place.create([1, 2, 3], { publish: refuse })).rejects.toThrow('the queue is full');
    const batch = await place.open();
    const stop = new AbortController();
    await batch.work(() => stop.abort(), { signal: stop.signal });
    expect(await batch.status()).toMatchObject({ state: 'announcing', remaining: 2 });
    const told: string[] = [];
    expect(await batch.announce(({ partId }) => told.push(partId))).toBe(3);
    expect(told.toSorted()).toEqual((await batch.pendingParts()).toSorted());
    expect((await batch.status()).state).toBe('running');
  });

  it('of one that was to be told of nobody can be told of later', async () => {
    const batch = await new BatchPlace(kind).create([1, 2]);
    const told: string[] = [];
    expect([await batch.announce(), await batch.announce(({ partId }) => told.push(partId))]).toEqual([0, 2]);
    expect(told).toEqual(['0', '1']);
  });

  it('beside workers makes each part once', async () => {
    const place = new BatchPlace(kind);
    await expect(place.create(Array.from({ length: 200 }, (_, index) => index), { publish: refuse })).rejects.toThrow(); // prettier-ignore
    const [batch, other, third] = [await place.open(), await place.open(), await place.open()];
    const worked: unknown[] = [];
    const results = async (): Promise<unknown[]> =>
      (await batch.reduce(async (all) => (await allOf(all.results())).map(({ result }) => result))).map(Number);
    await Promise.all([batch.announce(() => undefined), ...[other, third].map((one) => one.work((part) => (worked.push(part), part)))]);
    expect(new Set(worked).size).toBe(200);
    expect(worked).toHaveLength(200);
    expect(await results()).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it('tells of nothing once the batch has failed', async () => {
    const place = new BatchPlace(kind);
    await expect(place.create([1, 2], { publish: refuse })).rejects.toThrow('the queue is full');
    const batch = await place.open();
    await batch.fail('withdrawn');
    expect(await batch.announce(refuse)).toBe(0);
    expect((await place.create([1, 2], { publish: refuse })).id).toBe('load');
  });

  it('waits for all that it began before it throws what one of them threw', async () => {
    const place = new BatchPlace(kind);
    let ended = 0;
    const publish = async ({ partId }: { readonly partId: string }): Promise<void> => {
      if (partId === '0') refuse();
      await new Promise<void>((resolve) => setImmediate(resolve));
      ended += 1;
    };
    await expect(place.create([1, 2, 3], { publish })).rejects.toThrow('the queue is full');
    expect(ended).toBe(2);
  });

  it('by a part that is brought before it was made, makes that part', async () => {
    const place = new BatchPlace(kind);
    await expect(place.create(Array.from({ length: 1_100 }, (_, index) => index), { publish: refuse })).rejects.toThrow(); // prettier-ignore
    const batch = await place.open();
    // Only the first 64 are made.
    expect(await (await tasksOf(place.store, 'load')).read('1099')).toBeUndefined();
    expect(await batch.part(1_099, (part) => part)).toBe(1_099);
  });
});

/** What is thrown if it is not made. */
async function make(fs: FileSystem, parts: readonly string[]): Promise<unknown> {
  const store = new FileStore('file:/s', { fileSystem: fs });
  const made = await createBatch(parts, { store, id: 'load' }).catch((error: unknown) => error);
  await store.dispose();
  return made instanceof Error ? made : undefined;
}

describe('whoever announces a batch that was deleted, and another made of its id,', () => {
  it('makes nothing of it in that one, wherever they stood still meanwhile', async () => {
    const awake = sleepyDisk(memoryDisk(), { call: 0, meanwhile: async () => undefined });
    await make(awake, ['old', 'old', 'old']);
    let late = 0;
    for (let call = 1; call <= awake.calls.length; call += 1) {
      const disk = memoryDisk();
      let isMadeAnew = false;
      const meanwhile = async (): Promise<void> => {
        const store = new FileStore('file:/s', { fileSystem: disk });
        isMadeAnew = await deleteBatch('load', { store }).catch(() => false);
        if (isMadeAnew) expect(await make(disk, ['new', 'new'])).toBeUndefined();
      };
      const error = await make(sleepyDisk(disk, { call, meanwhile }), ['old', 'old', 'old']);
      if (!isMadeAnew) continue;
      if (error instanceof BatchNotFoundError) late += 1;
      const store = new FileStore('file:/s', { fileSystem: disk });
      const tasks = await tasksOf(store, 'load');
      const seen = await tasks.list({ places: ['pending', 'running', 'failed'], order: 'id', limit: 10 });
      const parts = seen.map((one) => [one.id, one.kind === 'task' && one.fields['data']]);
      expect(parts, `before call ${call}: ${awake.calls[call - 1]}`).toEqual([['0', { part: 'new' }], ['1', { part: 'new' }]]); // prettier-ignore
      await store.dispose();
    }
    expect(late).toBeGreaterThan(0);
  });
});
