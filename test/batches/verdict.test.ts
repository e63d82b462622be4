import { expect, it } from 'vitest';
import { BatchNotReadyError } from '../../src/batches/batch-errors.ts';
import { createBatch, openBatch } from '../../src/batches/open-batch.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';

const PLACE = { store: 'file:/state', clock: hastyClock() } as const;

it('counts a part once that was given up, is put back to work, and succeeds while the others are counted', async () => {
  const disk = memoryDisk();
  const other = await createBatch([1, 2], { ...PLACE, fileSystem: disk, id: 'load', maxAttempts: 1 });
  await expect(other.part(0, () => Promise.reject(new Error('not yet')))).rejects.toThrow('not yet');
  let isRetried = false;
  const fs: FileSystem = {
    ...disk,
    // What is given up is looked at before what has succeeded.
    readdir: async (path) => (await disk.readdir(path)).toSorted((one, next) => (one < next ? -1 : 1)),
    async scan(path, visit) {
      await disk.scan(path, visit);
      if (isRetried || !path.endsWith('/ignored')) return;
      isRetried = true;
      expect(await other.retry()).toBe(1);
      await other.part(0, () => 1);
    },
  };
  const batch = await openBatch('load', { ...PLACE, fileSystem: fs });
  // Nothing waits to be worked on then, which would be seen sooner.
  await other.part(1, async () => {
    await expect(batch.reduce(() => 1)).rejects.toThrow(BatchNotReadyError);
    return 1;
  });
  expect(isRetried).toBe(true);
  expect(await batch.reduce(() => 'once')).toBe('once');
  await batch.dispose();
  await other.dispose();
});
