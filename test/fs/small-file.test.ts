import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { readSmallFile } from '../../src/fs/small-file.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('readSmallFile', () => {
  it('gives the text, however little the disk gives at once', async () => {
    const path = join(tempFolder(), 'a');
    writeFileSync(path, 'größer');
    const slow: FileSystem = {
      ...disk,
      async open(name, mode) {
        const file = await disk.open(name, mode);
        const read: typeof file.read = (bytes, offset, length, position) => file.read(bytes, offset, Math.min(length, 2), position);
        const { write, size, links, truncate, syncNow, sync } = file;
        return { write, size, links, truncate, syncNow, sync, read, close: () => file.close() };
      },
    };
    expect(await readSmallFile(slow, path, 100)).toEqual({ kind: 'text', text: 'größer' });
  });

  it('reads a file as long as the limit, and none that is longer', async () => {
    const fs = new CrashingDisk({ '/a': 'x'.repeat(10), '/b': 'x'.repeat(11) }).process();
    expect(await readSmallFile(fs, '/a', 10)).toMatchObject({ kind: 'text' });
    expect(await readSmallFile(fs, '/b', 10)).toEqual({ kind: 'strange', reason: 'it is longer than 10 bytes' });
  });

  it('says what it is if it is no file', async () => {
    const folder = tempFolder();
    symlinkSync('nowhere', join(folder, 'link'));
    expect(await readSmallFile(disk, join(folder, 'link'), 10)).toEqual({ kind: 'strange', reason: 'it is a symbolic link' });
    expect(await readSmallFile(disk, folder, 10)).toEqual({ kind: 'strange', reason: 'it is a directory' });
    expect(await readSmallFile(disk, '/dev/null', 10)).toEqual({ kind: 'strange', reason: 'it is no plain file' });
    expect(await readSmallFile(disk, join(folder, 'none'), 10)).toEqual({ kind: 'absent' });
  });

  it('throws what the disk refuses, and closes what it opened', async () => {
    const fs = new CrashingDisk({ '/a': 'x' }).process({ faults: [{ at: ({ operation }) => operation === 'read', errno: 'EIO' }] });
    await expect(readSmallFile(fs, '/a', 10)).rejects.toMatchObject({ code: 'EIO' });
    expect(fs.calls.at(-1)).toMatchObject({ operation: 'close' });
  });
});
