import { expect, it } from 'vitest';
import { inOrder } from '../../src/folders/in-order.ts';
import type { EntryKind, FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { listed } from '../support/queue-lives.ts';

const pick = (file: string, kind: EntryKind): { name: string; file: string } | undefined =>
  kind === 'file' ? { name: file.slice(0, -1), file } : undefined;

it('gives what it picks by name and then by file', async () => {
  const disk = memoryDisk({ '/q/b2': '', '/q/a1': '', '/q/b1': '', '/q/dir/x': '' });
  expect((await listed(inOrder(disk, '/q', pick))).map(({ file }) => file)).toEqual(['a1', 'b1', 'b2']);
  expect(await listed(inOrder(disk, '/none', pick))).toEqual([]);
});

it('gives each of more than it holds once, one look for each page', async () => {
  const names = Array.from({ length: 150_000 }, (_, index) => `${String((index * 7_919) % 150_000).padStart(6, '0')}x`);
  let looks = 0;
  const disk: FileSystem = {
    ...memoryDisk(),
    async scan(_, visit) {
      looks += 1;
      for (const name of names) await visit(name, 'file');
    },
  };
  const found = await listed(inOrder(disk, '/q', pick));
  expect(found.map(({ file }) => file)).toEqual(names.toSorted());
  expect(looks).toBe(3);
});

it('lets what the disk refuses through', async () => {
  const disk: FileSystem = { ...memoryDisk(), scan: () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) };
  await expect(listed(inOrder(disk, '/q', pick))).rejects.toThrow('EIO');
});
