import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeTree } from '../../src/doctor/remove-tree.ts';
import { disk } from '../../src/fs/disk.ts';
import { systemProbe } from '../../src/fs/folder-probe.ts';
import { systemError } from '../support/system-error.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { lateListing } from './fault-disks.ts';

function tree(): { above: string; root: string } {
  const above = tempFolder();
  const root = join(above, 'root');
  mkdirSync(join(root, 'one', 'two'), { recursive: true });
  writeFileSync(join(root, 'one', 'file'), '');
  writeFileSync(join(root, 'one', 'two', 'file'), '');
  writeFileSync(join(above, 'kept'), '');
  symlinkSync(join(above, 'kept'), join(root, 'link'));
  return { above, root };
}

it('removes all of a tree, and nothing that its links lead to', async () => {
  const { above, root } = tree();
  expect(await removeTree({ fs: disk, probe: systemProbe }, root)).toBe(true);
  expect(readdirSync(above)).toEqual(['kept']);
});

it('is content with what is gone', async () => {
  expect(await removeTree({ fs: disk, probe: systemProbe }, join(tempFolder(), 'none'))).toBe(true);
});

it('does it where listings lag behind', async () => {
  const { root } = tree();
  expect(await removeTree({ fs: lateListing(), probe: systemProbe }, root)).toBe(true);
});

it('leaves what it is refused, and says so; the rest goes', async () => {
  const { root } = tree();
  const fs = {
    ...disk,
    unlink: async (path: string) => {
      if (path.endsWith('two/file')) throw systemError('EBUSY', 'unlink', path);
      await disk.unlink(path);
    },
  };
  expect(await removeTree({ fs, probe: systemProbe }, root)).toBe(false);
  expect([existsSync(join(root, 'one', 'two', 'file')), existsSync(join(root, 'one', 'file'))]).toEqual([true, false]);
});
