import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import { errnoError, isErrno } from '../../src/fs/errno.ts';
import type { FileSystem, OpenFile } from '../../src/fs/file-system.ts';
import { discardStage, linkOnce, publishFile, stageFile } from '../../src/fs/publish.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { tempFolder } from '../support/temp-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The real disk, with some calls replaced. */
const diskWith = (calls: Partial<FileSystem>): FileSystem => ({ ...disk, ...calls });

/** Does what it was asked for, and says that it did not. */
function lying<A extends unknown[]>(call: (...args: A) => Promise<unknown>, code: string): (...args: A) => Promise<never> {
  return async (...args) => {
    await call(...args);
    throw errnoError(code, 'lie', String(args.at(-1)));
  };
}

function openWith(change: (file: OpenFile) => Partial<OpenFile>): FileSystem['open'] {
  return async (path, mode) => {
    const file = await disk.open(path, mode);
    const plain: OpenFile = {
      write: (...args) => file.write(...args),
      read: (...args) => file.read(...args),
      size: () => file.size(),
      links: () => file.links(),
      truncate: (length) => file.truncate(length),
      syncNow: () => file.syncNow(),
      sync: () => file.sync(),
      close: () => file.close(),
    };
    return { ...plain, ...change(file) };
  };
}

describe('stageFile', () => {
  it('writes all bytes, however little the disk takes at once', async () => {
    const stage = join(tempFolder(), 'stage.1');
    const fs = diskWith({ open: openWith((file) => ({ write: (from, at, length) => file.write(from, at, Math.min(length, 2)) })) });
    await stageFile(fs, stage, bytes('seven b'), { sync: true });
    expect(readFileSync(stage, 'utf8')).toBe('seven b');
  });

  it('calls a disk that takes nothing full, and leaves nothing', async () => {
    const folder = tempFolder();
    const fs = diskWith({ open: openWith(() => ({ write: () => 0 })) });
    await expect(stageFile(fs, join(folder, 'stage.1'), bytes('x'), { sync: true })).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing when the sync fails, and does not sync when it need not', async () => {
    const folder = tempFolder();
    const fs = diskWith({ open: openWith(() => ({ sync: () => Promise.reject(errnoError('EIO', 'fdatasync', 'x')) })) });
    await expect(stageFile(fs, join(folder, 'stage.1'), bytes('x'), { sync: true })).rejects.toMatchObject({ code: 'EIO' });
    expect(readdirSync(folder)).toEqual([]);
    await stageFile(fs, join(folder, 'stage.1'), bytes('x'), { sync: false });
    expect(readdirSync(folder)).toEqual(['stage.1']);
  });

  it('makes it again when the first try made it and the reply was lost', async () => {
    const stage = join(tempFolder(), 'stage.1');
    writeFileSync(stage, 'torn');
    await stageFile(disk, stage, bytes('whole'), { sync: false });
    expect(readFileSync(stage, 'utf8')).toBe('whole');
  });
});

describe('publishFile', () => {
  it('shows the file under its final name alone', async () => {
    const folder = tempFolder();
    await stageFile(disk, join(folder, 'stage.1'), bytes('rows'), { sync: true });
    expect(await publishFile(disk, join(folder, 'stage.1'), join(folder, 'a.tsv'), { syncDirectory: folder })).toBe(true);
    expect(readdirSync(folder)).toEqual(['a.tsv']);
  });

  it('never overwrites: the other file and the stage stay as they were', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.tsv'), 'theirs');
    writeFileSync(join(folder, 'stage.1'), 'ours');
    expect(await publishFile(disk, join(folder, 'stage.1'), join(folder, 'a.tsv'), { syncDirectory: null })).toBe(false);
    expect(readFileSync(join(folder, 'a.tsv'), 'utf8')).toBe('theirs');
    expect(readFileSync(join(folder, 'stage.1'), 'utf8')).toBe('ours');
  });

  it.each(['EEXIST', 'ENOENT'])('knows its own file when the link succeeded and answered %s', async (code) => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'stage.1'), 'ours');
    const fs = diskWith({ link: lying(disk.link, code) });
    expect(await publishFile(fs, join(folder, 'stage.1'), join(folder, 'a.tsv'), { syncDirectory: null })).toBe(true);
    expect(readdirSync(folder)).toEqual(['a.tsv']);
  });

  it('finishes a publication that stopped after the link', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'stage.1'), 'ours');
    await disk.link(join(folder, 'stage.1'), join(folder, 'a.tsv'));
    expect(await publishFile(disk, join(folder, 'stage.1'), join(folder, 'a.tsv'), { syncDirectory: null })).toBe(true);
    expect(readdirSync(folder)).toEqual(['a.tsv']);
  });

  it('takes an unlink whose reply was lost for done', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'stage.1'), 'ours');
    const fs = diskWith({ unlink: lying(disk.unlink, 'ENOENT') });
    expect(await publishFile(fs, join(folder, 'stage.1'), join(folder, 'a.tsv'), { syncDirectory: null })).toBe(true);
  });

  it('does not acknowledge what it could not sync, and does not remove the stage then', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'stage.1'), 'ours');
    const fs = diskWith({ syncDirectory: () => Promise.reject(errnoError('EIO', 'fsync', folder)) });
    await expect(publishFile(fs, join(folder, 'stage.1'), join(folder, 'a.tsv'), { syncDirectory: folder })).rejects.toMatchObject({
      code: 'EIO',
    });
    expect(readdirSync(folder)).toEqual(['a.tsv', 'stage.1']);
  });

  it('throws for a stage that is gone', async () => {
    const folder = tempFolder();
    const error = await publishFile(disk, join(folder, 'stage.1'), join(folder, 'a.tsv'), { syncDirectory: null }).catch(
      (reason: unknown) => reason,
    );
    expect(isErrno(error, 'ENOENT')).toBe(true);
  });
});

describe('linkOnce', () => {
  it('does not take another hard link of the stage for the name it wants', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'stage.1'), 'ours');
    await disk.link(join(folder, 'stage.1'), join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'a.tsv'), 'theirs');
    expect(await linkOnce(disk, join(folder, 'stage.1'), join(folder, 'a.tsv'))).toBe(false);
  });
});

describe('discardStage', () => {
  it('says nothing when there is nothing to discard', async () => {
    await discardStage(disk, join(tempFolder(), 'stage.1'));
  });
});

describe('a file that is staged and published', () => {
  const put = async (fs: FileSystem, note: (published: boolean) => void = () => undefined): Promise<void> => {
    await stageFile(fs, '/queue/stage.1', bytes('rows'), { sync: true });
    note(await publishFile(fs, '/queue/stage.1', '/queue/a.tsv', { syncDirectory: '/queue' }));
  };

  it('is whole or not there, wherever the machine stops, and there once it was acknowledged', async () => {
    let acknowledged = false;
    const { stops } = await eachCrash(
      { '/queue/other': '' },
      (fs) => {
        acknowledged = false;
        return put(fs, (published) => (acknowledged = published && !fs.stopped));
      },
      (left) => {
        expect([undefined, 'rows']).toContain(left['/queue/a.tsv']);
        if (acknowledged) expect(left['/queue/a.tsv']).toBe('rows');
      },
    );
    expect(stops).toBeGreaterThan(12);
  });

  it('never replaces another, wherever the machine stops', async () => {
    await eachCrash({ '/queue/a.tsv': 'theirs' }, put, (left) => expect(left['/queue/a.tsv']).toBe('theirs'));
  });

  it('is published by a repeat, wherever the first try stopped', async () => {
    await eachCrash({ '/queue/stage.1': 'rows' }, publishOnce, async (left, fs) => {
      if (!('/queue/stage.1' in left)) return expect(left['/queue/a.tsv']).toBe('rows');
      expect(await publishOnce(fs)).toBe(true);
    });
  });

  const publishOnce = (fs: FileSystem): Promise<boolean> => publishFile(fs, '/queue/stage.1', '/queue/a.tsv', { syncDirectory: '/queue' });

  it.each(['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'ESTALE', 'ENOENT', 'EEXIST'])(
    'is acknowledged only if it is there, when a call fails with %s, before or after it was done',
    async (errno) => {
      const whole = new CrashingDisk({ '/queue/other': '' }).process();
      await put(whole);
      for (const { number } of whole.calls) {
        for (const reply of ['before', 'after'] as const) {
          const disk = new CrashingDisk({ '/queue/other': '' });
          const fs = disk.process({ faults: [{ at: (call) => call.number === number, errno, reply }] });
          let acknowledged: boolean | undefined;
          await put(fs, (published) => (acknowledged = published)).catch((error: unknown) => expect(isErrno(error, errno)).toBe(true));
          if (acknowledged) expect(disk.files()['/queue/a.tsv']).toBe('rows');
          expect([undefined, 'rows']).toContain(disk.files()['/queue/a.tsv']);
        }
      }
    },
  );
});
