import { describe, expect, it } from 'vitest';
import { listBatches } from '../../src/batches/list-batches.ts';
import { createBatch } from '../../src/batches/open-batch.ts';
import { DiskError } from '../../src/errors.ts';
import { DamagedRecordError } from '../../src/stores/store-errors.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { allOf, BatchPlace, PLACES } from '../support/batch-places.ts';
import { tasksOn } from '../support/tasks-of-batch.ts';

describe.each(PLACES)('the batches of a %s store', (kind) => {
  it('WB-23 WB-24 are listed by id, as they stand, the finished ones too', async () => {
    const place = new BatchPlace(kind);
    for (const id of ['b', 'a', 'ä %2F/..', 'c']) await place.create([1], { id, metadata: id });
    await (await place.open('b')).work(() => 1, { reduce: () => 1 });
    const all = await allOf(listBatches({ store: place.store }));
    expect(all.map(({ id, state, metadata }) => [id, state, metadata])).toEqual([
      ['a', 'running', 'a'],
      ['b', 'done', 'b'],
      ['c', 'running', 'c'],
      ['ä %2F/..', 'running', 'ä %2F/..'],
    ]);
    expect(all[1]).toEqual(await (await place.open('b')).status());
  });

  it('are listed by state', async () => {
    const place = new BatchPlace(kind);
    const [done, failed] = [await place.create([], { id: 'done' }), await place.create([1], { id: 'failed' })];
    await place.create([1], { id: 'running' });
    await place.create([], { id: 'reducing' });
    await expect(place.create([1], { id: 'announcing', publish: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    await done.reduce(() => 1);
    await failed.fail('no');
    for (const state of ['announcing', 'running', 'reducing', 'done', 'failed'] as const) {
      expect((await allOf(listBatches({ store: place.store, state }))).map(({ id }) => id)).toEqual([state]);
    }
    const some = await allOf(listBatches({ store: place.store, state: ['failed', 'done'] }));
    expect(some.map(({ id }) => id)).toEqual(['done', 'failed']);
    expect(await allOf(listBatches({ store: place.store, state: [] }))).toEqual([]);
  });

  it('are without those that are none yet, and there may be none', async () => {
    const place = new BatchPlace(kind);
    expect(await allOf(listBatches({ store: place.store }))).toEqual([]);
    await place.store.shelf('batches', 'half').create('parts-x-000000', {});
    expect(await allOf(listBatches({ store: place.store }))).toEqual([]);
  });
});

it('are all told of before one that can not be read', async () => {
  const fileSystem = memoryDisk();
  const store = new FileStore('file:/state', { fileSystem });
  for (const id of ['a', 'b', 'c']) await (await createBatch([1], { store, id, fileSystem })).dispose();
  const plan = await fileSystem.open('/state/batches/b/plan.json', 'update');
  plan.write(new TextEncoder().encode('{"damaged'), 0, 9, 0);
  plan.close();
  const ids: string[] = [];
  const list = async (): Promise<void> => {
    for await (const { id } of listBatches({ store, fileSystem })) ids.push(id);
  };
  await expect(list()).rejects.toThrow(DamagedRecordError);
  expect(ids).toEqual(['a', 'c']);
});

it('are all told of before one that the disk refuses', async () => {
  const fileSystem = memoryDisk();
  for (const id of ['a', 'b', 'c']) await (await createBatch([1], { store: 'file:/state', id, fileSystem })).dispose();
  const failed = `${await tasksOn(fileSystem, '/state', 'b')}/failed`;
  await fileSystem.rmdir(failed);
  (await fileSystem.open(failed, 'append')).close();
  const ids: string[] = [];
  const list = async (): Promise<void> => {
    for await (const { id } of listBatches({ store: 'file:/state', fileSystem })) ids.push(id);
  };
  await expect(list()).rejects.toThrow(DiskError);
  expect(ids).toEqual(['a', 'c']);
});

it.each([{ state: 'finished' }, { state: 5 }, { status: 'done' }])('WB-03 %j is no way to choose', async (options) => {
  await expect(allOf(Reflect.apply(listBatches, undefined, [{ store: 'memory:', ...options }]))).rejects.toThrow(TypeError);
});
