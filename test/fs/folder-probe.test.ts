import { mkdirSync, readlinkSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemProbe } from '../../src/fs/folder-probe.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('removes an empty directory, and no other', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  await expect(systemProbe.removeDirectory(join(folder, 'a'))).rejects.toMatchObject({ code: 'ENOTEMPTY' });
  await systemProbe.removeDirectory(join(folder, 'a', 'b'));
  await systemProbe.removeDirectory(join(folder, 'a'));
});

it('makes a symbolic link', async () => {
  const folder = tempFolder();
  await systemProbe.symlink('target', join(folder, 'link'));
  expect(readlinkSync(join(folder, 'link'))).toBe('target');
});

it('syncs a directory, and throws what is refused', async () => {
  await systemProbe.syncDirectory(tempFolder());
  await expect(systemProbe.syncDirectory(join(tempFolder(), 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('tells where a folder really lies, and what is mounted', async () => {
  const folder = tempFolder();
  symlinkSync(folder, join(folder, 'link'));
  const { path, list } = await systemProbe.mounts(join(folder, 'link'));
  expect(path).toBe(realpathSync(folder));
  if (process.platform === 'linux') {
    expect(list).toMatch(/ \/ .* - \S+ /);
    expect(await systemProbe.fileSystemType(folder)).toBeGreaterThan(0);
  }
  expect(await systemProbe.mounts(join(folder, 'none'))).toEqual({ path: join(folder, 'none'), list: '' });
});
