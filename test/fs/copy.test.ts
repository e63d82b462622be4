import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFile, writeNewFile } from '../../src/fs/copy.ts';
import { disk } from '../../src/fs/disk.ts';
import { errnoName } from '../../src/fs/errno.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { eachError } from '../support/each-error.ts';
import { tempFolder } from '../support/temp-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('copyFile', () => {
  it.each([0, 1, 1024 * 1024, 2 * 1024 * 1024 + 7])('copies %d bytes', async (length) => {
    const folder = tempFolder();
    const content = Buffer.alloc(length, 'abcdefg');
    writeFileSync(join(folder, 'a'), content);
    await copyFile(disk, join(folder, 'a'), join(folder, 'b'), { sync: true });
    expect(readFileSync(join(folder, 'b')).equals(content)).toBe(true);
  });

  it('lets other work have its turn', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a'), Buffer.alloc(8 * 1024 * 1024));
    let turns = 0;
    let isCopied = false;
    const count = (): void => {
      turns += 1;
      if (!isCopied) setImmediate(count);
    };
    setImmediate(count);
    await copyFile(disk, join(folder, 'a'), join(folder, 'b'), { sync: false });
    isCopied = true;
    expect(turns).toBeGreaterThanOrEqual(8);
  });

  it('follows no link, and leaves nothing of what is not there', async () => {
    const folder = tempFolder();
    symlinkSync('/etc/hosts', join(folder, 'link'));
    for (const [name, code] of [
      ['link', 'ELOOP'],
      ['nothing', 'ENOENT'],
      ['.', 'EISDIR'],
    ] as const) {
      const error = await copyFile(disk, join(folder, name), join(folder, 'b'), { sync: true }).catch((reason: unknown) => reason);
      expect(errnoName(error)).toBe(code);
    }
    expect(readdirSync(folder)).toEqual(['link']);
  });

  it('loses nothing of the source and nothing of what it made safe, wherever it stops', async () => {
    let isDone = false;
    await eachCrash(
      { '/a': 'rows', '/in/': '' },
      async (fs) => {
        isDone = false;
        await copyFile(fs, '/a', '/in/stage', { sync: true });
        await fs.syncDirectory('/in');
        isDone = !fs.stopped;
      },
      (left) => {
        expect(left['/a']).toBe('rows');
        if (isDone) expect(left['/in/stage']).toBe('rows');
      },
    );
  });

  it('leaves no part when a call fails', async () => {
    await eachError(
      { '/a': 'rows', '/in/': '' },
      (fs) => copyFile(fs, '/a', '/in/stage', { sync: true }),
      (left, _, { error, call, kind }) => {
        expect(left['/a']).toBe('rows');
        if (error === undefined && kind === 'kill') expect(left['/in/stage']).toBe('rows');
        if (error !== undefined && kind === 'kill' && call.operation !== 'open') expect(left['/in/stage']).toBeUndefined();
      },
      { errnos: ['EIO', 'ENOSPC', 'EDQUOT'], spans: ['once'] },
    );
  });
});

describe('writeNewFile', () => {
  it('writes all that comes, in order', async () => {
    const fs = new CrashingDisk({ '/in/': '' });
    await writeNewFile(fs.process(), '/in/stage', [bytes('one '), bytes(''), bytes('two')], { sync: true });
    expect(fs.files()['/in/stage']).toBe('one two');
  });

  it('leaves nothing of what throws, and throws the same', async () => {
    const fs = new CrashingDisk({ '/in/': '' });
    const reason = new Error('no more');
    function* failing(): Generator<Uint8Array> {
      yield bytes('part');
      throw reason;
    }
    await expect(writeNewFile(fs.process(), '/in/stage', failing(), { sync: true })).rejects.toBe(reason);
    expect(fs.files()).toEqual({});
  });

  it('closes what it writes from when the disk refuses', async () => {
    let isClosed = false;
    function* endless(): Generator<Uint8Array> {
      try {
        for (;;) yield bytes('more');
      } finally {
        isClosed = true;
      }
    }
    const fs = new CrashingDisk({ '/in/': '' }).process({
      faults: [{ at: ({ operation, number }) => operation === 'write' && number > 5, errno: 'ENOSPC' }],
    });
    const error = await writeNewFile(fs, '/in/stage', endless(), { sync: true }).catch((caught: unknown) => caught);
    expect([errnoName(error), isClosed]).toEqual(['ENOSPC', true]);
  });
});
