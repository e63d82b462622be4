import { expect, it } from 'vitest';
import { listBatches } from '../../src/batches/list-batches.ts';
import { createBatch, deleteBatch, openBatch } from '../../src/batches/open-batch.ts';
import { DiskError, WorkQueueError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { TaskUnsettledError } from '../../src/tasks/task-errors.ts';
import { allOf } from '../support/batch-places.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachError } from '../support/each-error.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { oneIn } from '../support/sample.ts';

const place = (fileSystem: FileSystem) => ({ store: 'file:/state', clock: hastyClock(), fileSystem }); // prettier-ignore

const create = (fs: FileSystem) => createBatch([10, 20], { ...place(fs), id: 'load' }); // prettier-ignore

const work = { work: (part: unknown): number => Number(part) + 1, options: { reduce: () => 'reduced' } };

const OPERATIONS: readonly [name: string, run: (fs: FileSystem) => Promise<unknown>][] = [
  ['createBatch', create],
  ['openBatch', (fs) => openBatch('load', place(fs))],
  ['listBatches', (fs) => allOf(listBatches(place(fs)))],
  ['deleteBatch', (fs) => deleteBatch('load', place(fs))],
  ['status', async (fs) => (await openBatch('load', place(fs))).status()],
  ['pendingParts', async (fs) => (await openBatch('load', place(fs))).pendingParts()],
  ['part', async (fs) => (await openBatch('load', place(fs))).part(1, work.work, work.options)],
  ['work', async (fs) => (await openBatch('load', place(fs))).work(work.work, work.options)],
  ['retry', async (fs) => (await openBatch('load', place(fs))).retry()],
];

it.each(OPERATIONS)('WB-32 %s tells of what the disk refused, typed, and the batch is done all the same', async (name, run) => {
  const disk = new CrashingDisk({ '/state/': '' });
  if (name !== 'createBatch') await (await create(disk.process())).dispose();
  let refusals = 0;
  const { runs } = await eachError(
    disk,
    (fs) => run(mortal(fs)),
    async (_left, fs, { error }) => {
      if (error !== undefined) expect(error).toBeInstanceOf(WorkQueueError);
      // What failed and what kept it from being written down are told together.
      if (error instanceof TaskUnsettledError)
        expect([error.failure, error.cause]).toEqual([expect.any(WorkQueueError), expect.any(DiskError)]);
      if (error !== undefined) refusals += 1;
      const batch = await create(fs);
      await batch.work(work.work, work.options);
      expect(await batch.status()).toMatchObject({ state: 'done', remaining: 0 });
      expect(await batch.reduced()).toBe('reduced');
      await batch.dispose();
    },
    { errnos: ['EIO', 'ENOSPC'], share: oneIn(8, 64), powerCuts: 1 },
  );
  expect(runs).toBeGreaterThan(1);
  expect(refusals).toBeGreaterThan(0);
});
