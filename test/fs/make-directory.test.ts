import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { makeDirectory } from '../../src/fs/make-directory.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { tempFolder } from '../support/temp-folder.ts';

const BEFORE = { '/home/other': '' };

describe('makeDirectory', () => {
  it('makes it with those above it, and does not mind that it is there', async () => {
    const path = join(tempFolder(), 'a', 'b', 'c');
    await makeDirectory(disk, path, { durable: true });
    await makeDirectory(disk, path, { durable: false });
    expect(await disk.readdir(path)).toEqual([]);
  });

  it('keeps what is synced in it through a power cut, once it is acknowledged', async () => {
    let isSafe = false;
    async function makeAndFill(fs: FileSystem & { stopped: boolean }): Promise<void> {
      isSafe = false;
      await makeDirectory(fs, '/home/a/b/q', { durable: true });
      const file = await fs.open('/home/a/b/q/file', 'append');
      file.write(new TextEncoder().encode('rows'), 0, 4);
      await file.sync();
      file.close();
      await fs.syncDirectory('/home/a/b/q');
      isSafe = !fs.stopped;
    }
    await eachCrash(BEFORE, makeAndFill, (left) => {
      if (isSafe) expect(left['/home/a/b/q/file']).toBe('rows');
    });
  });

  it('syncs nothing unless it is asked to', async () => {
    const fs = new CrashingDisk(BEFORE).process();
    await makeDirectory(fs, '/home/q', { durable: false });
    expect(fs.calls.map(({ operation }) => operation)).toEqual(['mkdir']);
  });

  it('does without the sync of a directory that it may not read, and throws every other error', async () => {
    const failing = (errno: string) =>
      new CrashingDisk(BEFORE).process({ faults: [{ at: ({ operation }) => operation === 'syncDirectory', errno }] });
    await makeDirectory(failing('EACCES'), '/home/q', { durable: true });
    await expect(makeDirectory(failing('EIO'), '/home/q', { durable: true })).rejects.toMatchObject({ code: 'EIO' });
  });
});
