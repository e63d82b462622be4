import { expect, it } from 'vitest';
import { FileStore } from '../../src/stores/file-store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { claimed } from '../contracts/store-claims.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

it.each(['a', 'b'])('a list goes on behind %s, which moved before it was read, and is full all the same', async (id) => {
  let call = 1;
  for (let isAsleep = true; isAsleep; call += 1) {
    isAsleep = false;
    const disk = memoryDisk();
    const one = await new FileStore('file:/s', { fileSystem: disk }).tasks('tasks', 'jobs', { leaseMs: 30_000 });
    for (const each of ['a', 'b']) await one.create(each, 'pending', {});
    const claims = new Map([['a', await claimed(one, 'a')], ['b', await claimed(one, 'b')]]); // prettier-ignore
    const meanwhile = async (): Promise<void> => {
      isAsleep = true;
      const claim = claims.get(id);
      if (claim !== undefined) await one.settle(claim, 'succeeded', {});
    };
    const store = new FileStore('file:/s', { fileSystem: sleepyDisk(disk, { call, meanwhile }) });
    const tasks = await store.tasks('tasks', 'jobs', { leaseMs: 30_000 });
    expect(await tasks.list({ places: ['running'], order: 'any', limit: 1 }), `call ${call}`).toHaveLength(1);
    await tasks.dispose();
    await one.dispose();
  }
  expect(call).toBeGreaterThan(20);
});
