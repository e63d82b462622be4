import { describe, expect, it } from 'vitest';
import { createBatch, openBatch } from '../../src/batches/open-batch.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { systemError } from '../support/system-error.ts';

const notYet = (): never => {
  throw new Error('not yet');
};

/** Seen by who is no opening: each look of one decides what is left to be. */
async function isDecided(disk: FileSystem): Promise<boolean> {
  return (await disk.readdir('/state/batches/load')).some((name) => name.startsWith('verdict-'));
}

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
    expect([call, await isDecided(disk)]).toEqual([call, true]);
    expect((await one.status()).state).toBe(count > 0 ? 'reducing' : 'failed');
    await sleepy.dispose();
    await one.dispose();
  }
  expect(call).toBeGreaterThan(30);
});

/** A disk that has no room at times. */
function fullDisk(fs: FileSystem, isFull: () => boolean): FileSystem {
  const refuse = (name: string, path: string): void => {
    if (isFull()) throw systemError('ENOSPC', name, path);
  };
  return withCalls(fs, {
    async open(path, mode) {
      if (mode !== 'read') refuse('open', path);
      return fs.open(path, mode);
    },
    async mkdir(path) {
      refuse('mkdir', path);
      return fs.mkdir(path);
    },
    async link(from, to) {
      refuse('link', to);
      return fs.link(from, to);
    },
  });
}

describe('a batch of which a retry is refused, since the disk is full,', () => {
  it.each([
    { title: 'once, whichever call, while its last part ends', isLasting: false, endsMeanwhile: true },
    { title: 'once, whichever call, and its last part ends then', isLasting: false, endsMeanwhile: false },
    { title: 'from whichever call on, and its last part ends when there is room again', isLasting: true, endsMeanwhile: false },
  ])('is decided all the same: $title', async ({ isLasting, endsMeanwhile }) => {
    let call = 1;
    for (let isRefused = true; isRefused; call += 1) {
      isRefused = false;
      let isRetrying = true;
      const disk = memoryDisk();
      const place = { store: 'file:/state', clock: hastyClock() } as const;
      const one = await createBatch([0, 1], { ...place, fileSystem: disk, id: 'load', maxAttempts: 1 });
      await expect(one.part(0, notYet)).rejects.toThrow('not yet');
      const meanwhile = async (): Promise<void> => {
        if (!isRetrying) return;
        isRefused = true;
        if (endsMeanwhile) await one.part(1, () => 1);
        throw systemError('ENOSPC', 'write', '/state');
      };
      const fileSystem = fullDisk(sleepyDisk(disk, { call, meanwhile }), () => isLasting && isRefused && isRetrying);
      const batch = await openBatch('load', { ...place, fileSystem }).catch(() => undefined);
      await batch?.retry().catch(() => undefined);
      isRetrying = false;
      if (!endsMeanwhile || !isRefused) await one.part(1, () => 1);
      if ((await one.pendingParts()).includes('0')) await one.part(0, () => 0).catch(() => undefined);
      expect([call, await isDecided(disk)]).toEqual([call, true]);
      await batch?.dispose();
      await one.dispose();
    }
    expect(call).toBeGreaterThan(20);
  });
});
