import { expect, it } from 'vitest';
import { DirectorySync } from '../../src/fs/directory-sync.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';

/** Syncs that end when the test says so. */
function heldDisk(): { fs: FileSystem; begun: string[]; end(error?: Error): Promise<void> } {
  const begun: string[] = [];
  const running: ((error?: Error) => void)[] = [];
  const syncDirectory = (path: string): Promise<void> => {
    begun.push(path);
    return new Promise((resolve, reject) => running.push((error) => (error ? reject(error) : resolve())));
  };
  return {
    fs: { ...memoryDisk(), syncDirectory },
    begun,
    async end(error) {
      running.shift()?.(error);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    },
  };
}

/** What has resolved by now, by name. */
function noted(): { settled: string[]; note(name: string, promise: Promise<void>): void } {
  const settled: string[] = [];
  return {
    settled,
    note: (name, promise) =>
      void promise.then(
        () => settled.push(name),
        () => settled.push(`${name} failed`),
      ),
  };
}

it('is one sync for all who ask while another runs, and not the one that runs', async () => {
  const { fs, begun, end } = heldDisk();
  const [syncs, { settled, note }] = [new DirectorySync(fs), noted()];
  note('first', syncs.sync('/a'));
  for (let n = 0; n < 100; n += 1) note('later', syncs.sync('/a'));
  expect(begun).toHaveLength(1);
  await end();
  expect(settled).toEqual(['first']);
  expect(begun).toHaveLength(2);
  note('third', syncs.sync('/a'));
  await end();
  expect(settled).toHaveLength(101);
  await end();
  expect([settled.at(-1), begun.length]).toEqual(['third', 3]);
});

it('keeps directories apart', async () => {
  const { fs, begun, end } = heldDisk();
  const [syncs, { settled, note }] = [new DirectorySync(fs), noted()];
  note('a', syncs.sync('/a'));
  note('b', syncs.sync('/b'));
  expect(begun).toEqual(['/a', '/b']);
  await end();
  await end();
  expect(settled).toEqual(['a', 'b']);
});

it('fails for all who shared a sync, and not for those who asked while it ran', async () => {
  const { fs, end } = heldDisk();
  const [syncs, { settled, note }] = [new DirectorySync(fs), noted()];
  note('first', syncs.sync('/a'));
  note('second', syncs.sync('/a'));
  note('third', syncs.sync('/a'));
  await end(errnoError('EIO', 'fsync', '/a'));
  note('fourth', syncs.sync('/a'));
  expect(settled).toEqual(['first failed']);
  await end();
  await end();
  expect(settled).toEqual(['first failed', 'second', 'third', 'fourth']);
});

it('begins anew after it came to rest', async () => {
  const { fs, begun, end } = heldDisk();
  const syncs = new DirectorySync(fs);
  for (let n = 1; n <= 3; n += 1) {
    const sync = syncs.sync('/a');
    await end();
    await sync;
    expect(begun).toHaveLength(n);
  }
});
