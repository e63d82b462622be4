import { expect, it } from 'vitest';
import { createBatch, openBatch } from '../../src/batches/open-batch.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const notYet = (): never => {
  throw new Error('not yet');
};

it('a batch is decided by its last part, wherever a retry slept that was taken for dead meanwhile', async () => {
  let call = 1;
  for (let isAsleep = true; isAsleep; call += 1) {
    isAsleep = false;
    const disk = memoryDisk();
    const place = { store: 'file:/state', clock: hastyClock() } as const;
    const one = await createBatch([0, 1], { ...place, fileSystem: disk, id: 'load', maxAttempts: 1 });
    await expect(one.part(0, notYet)).rejects.toThrow('not yet');
    const meanwhile = async (): Promise<void> => {
      isAsleep = true;
      const other = await openBatch('load', { ...place, fileSystem: disk });
      await other.isPartDone(0);
      await other.dispose();
    };
    const sleepy = await openBatch('load', { ...place, fileSystem: mortal(sleepyDisk(disk, { call, meanwhile })) });
    const count = await sleepy.retry();
    await one.part(1, () => 1);
    if (count > 0) await one.part(0, () => 0);
    expect([call, (await one.status()).state]).toEqual([call, count > 0 ? 'reducing' : 'failed']);
    await sleepy.dispose();
    await one.dispose();
  }
  expect(call).toBeGreaterThan(30);
});
