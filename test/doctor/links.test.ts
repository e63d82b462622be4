import type { OpenMode } from '../../src/fs/file-system.ts';
import { expect, it } from 'vitest';
import { examineLinks } from '../../src/doctor/links.ts';
import { disk } from '../../src/fs/disk.ts';
import { systemProbe } from '../../src/fs/folder-probe.ts';
import { systemError } from '../support/system-error.ts';
import { copyingRename, linkOverwrites, losersAreTold, noHardLinks } from './fault-disks.ts';
import { placeFor } from './places.ts';

const SOUND = {
  hardLinksRefused: null,
  linksAreCounted: true,
  takenName: 'EEXIST',
  renameOntoItself: 'nothing',
  renameKeepsInode: true,
  goneName: 'ENOENT',
  secondFile: 'EEXIST',
  symbolicLinksRefused: null,
};

it('finds all in order on a sound disk', async () => {
  expect(await examineLinks(await placeFor())).toEqual(SOUND);
});

it('finds that there are no hard links, and asks no more about them', async () => {
  const none = { hardLinksRefused: 'EPERM', linksAreCounted: null, takenName: null, renameOntoItself: null };
  expect(await examineLinks(await placeFor({ fs: noHardLinks }))).toEqual({ ...SOUND, ...none });
});

it('finds a link that takes a name over, whatever it answers', async () => {
  expect(await examineLinks(await placeFor({ fs: linkOverwrites }))).toMatchObject({ takenName: 'overwritten' });
});

it('finds odd answers', async () => {
  expect(await examineLinks(await placeFor({ fs: losersAreTold('EIO') }))).toEqual({ ...SOUND, takenName: 'EIO', goneName: 'EIO' });
});

it('finds a rename that changes the inode', async () => {
  expect(await examineLinks(await placeFor({ fs: copyingRename() }))).toMatchObject({ renameKeepsInode: false });
});

it('finds a rename that takes one of two names of a file away', async () => {
  const fs = {
    ...disk,
    async rename(from: string, to: string) {
      const [one, other] = [await disk.lstat(from), await disk.lstat(to)];
      if (one !== undefined && one.inode === other?.inode) await disk.unlink(from);
      else await disk.rename(from, to);
    },
  };
  expect(await examineLinks(await placeFor({ fs }))).toEqual({ ...SOUND, renameOntoItself: 'removed' });
});

it('finds links that are copies', async () => {
  const fs = {
    ...disk,
    async lstat(path: string) {
      const found = await disk.lstat(path);
      return found && { ...found, links: 1 };
    },
  };
  expect(await examineLinks(await placeFor({ fs }))).toEqual({ ...SOUND, linksAreCounted: false });
});

it('finds a file made anew over one that is there', async () => {
  const fs = {
    ...disk,
    async open(path: string, mode: OpenMode) {
      if (mode === 'append' && disk.exists(path)) await disk.unlink(path);
      return disk.open(path, mode);
    },
  };
  expect(await examineLinks(await placeFor({ fs }))).toEqual({ ...SOUND, secondFile: 'opened' });
});

it('finds that there are no symbolic links', async () => {
  const probe = {
    ...systemProbe,
    symlink: async (_target: string, path: string) => {
      throw systemError('EPERM', 'symlink', path);
    },
  };
  expect(await examineLinks(await placeFor({ probe }))).toEqual({ ...SOUND, symbolicLinksRefused: 'EPERM' });
});
