import { expect, it } from 'vitest';
import { examineSync } from '../../src/doctor/directory-sync.ts';
import { disk } from '../../src/fs/disk.ts';
import type { OpenFile, OpenMode } from '../../src/fs/file-system.ts';
import { systemProbe } from '../../src/fs/folder-probe.ts';
import { systemError } from '../support/system-error.ts';
import { placeFor } from './places.ts';

const done = { refused: null, ms: expect.any(Number) };

it('times both on a disk that syncs', async () => {
  expect(await examineSync(await placeFor())).toEqual({ directory: done, file: done });
});

it('finds that directories are not synced, though the disk of the queues passes over it', async () => {
  const probe = { ...systemProbe, syncDirectory: (path: string) => Promise.reject(systemError('EINVAL', 'fsync', path)) };
  expect(await examineSync(await placeFor({ probe }))).toEqual({ directory: { refused: 'EINVAL', ms: null }, file: done });
});

it('finds that files are not synced', async () => {
  const fs = {
    ...disk,
    async open(path: string, mode: OpenMode): Promise<OpenFile> {
      const file = await disk.open(path, mode);
      return Object.assign(file, { sync: () => Promise.reject(systemError('EIO', 'fdatasync', path)) });
    },
  };
  expect(await examineSync(await placeFor({ fs }))).toEqual({ directory: done, file: { refused: 'EIO', ms: null } });
});
