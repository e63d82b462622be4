import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from './crashing-disk.ts';
import { powerCuts } from './power-cut.ts';
import type { PowerCutOptions } from './power-cut.ts';

async function write(fs: FileSystem, path: string, ...parts: string[]): Promise<void> {
  const file = (await fs.lstat(path)) ? await fs.open(path, 'update') : await fs.open(path, 'append');
  for (const part of parts) file.write(Buffer.from(part), 0, part.length, file.size());
  file.close();
}

function left(disk: CrashingDisk, options?: PowerCutOptions): Record<string, string>[] {
  return [...powerCuts(disk, options)].map((cut) => cut.disk.files());
}

function contents(disk: CrashingDisk, path: string, options?: PowerCutOptions): Set<string | undefined> {
  return new Set(left(disk, options).map((files) => files[path]));
}

describe('powerCuts of what was written', () => {
  it('give a safe disk once, as it is', () => {
    const disk = new CrashingDisk({ '/a': 'x', '/b/c': 'y' });
    expect([...powerCuts(disk)]).toMatchObject([{ lost: [] }]);
    expect(left(disk)).toEqual([{ '/a': 'x', '/b/c': 'y' }]);
  });

  it('cut what is appended at every border of a write and inside it, or leave its length alone', async () => {
    const disk = new CrashingDisk({ '/log': '-' });
    await write(disk.process(), '/log', 'abc', 'def');
    expect(contents(disk, '/log')).toEqual(new Set(['-abcdef', '-', '-\0\0\0\0\0\0', '-a', '-ab', '-abc', '-abcd', '-abcde']));
  });

  it('tear holes of a sector each', async () => {
    const disk = new CrashingDisk({ '/log': '--' });
    await write(disk.process(), '/log', 'aabbcc');
    const seen = contents(disk, '/log', { sectors: [2] });
    for (const torn of ['--aa\0\0cc', '--\0\0\0\0cc', '--aa\0\0\0\0', '--aabb\0\0', '--aa', '--aabb']) expect(seen).toContain(torn);
  });

  it('tear holes at 512 and 4096 bytes by default', async () => {
    const disk = new CrashingDisk({ '/log': '' });
    await write(disk.process(), '/log', 'x'.repeat(10_000));
    const seen = contents(disk, '/log', { limit: 500 });
    const hole = (at: number, length: number): string => `${'x'.repeat(at)}${'\0'.repeat(length)}${'x'.repeat(10_000 - at - length)}`;
    expect(seen).toContain(hole(512, 512));
    expect(seen).toContain(hole(4096, 4096));
  });

  it('show what was overwritten old or new', async () => {
    const disk = new CrashingDisk({ '/beat': '000000001' });
    const file = await disk.process().open('/beat', 'update');
    file.write(Buffer.from('2'), 0, 1, 8);
    expect(contents(disk, '/beat')).toEqual(new Set(['000000001', '000000002']));
    file.truncate(3);
    expect(contents(disk, '/beat')).toEqual(new Set(['000000001', '000000002', '000']));
  });

  it('keep what was synced, and tear only what came after', async () => {
    const disk = new CrashingDisk({ '/log': '' });
    const file = await disk.process().open('/log', 'update');
    file.write(Buffer.from('ab'), 0, 2, 0);
    const syncing = file.sync();
    file.write(Buffer.from('c'), 0, 1, 2);
    await syncing;
    expect(contents(disk, '/log')).toEqual(new Set(['abc', 'ab', 'ab\0']));
  });

  it('lose what a failed sync was to save, whatever is synced later', async () => {
    const disk = new CrashingDisk({ '/log': '' });
    const fs = disk.process({ faults: [{ at: ({ operation, number }) => operation === 'sync' && number < 4, errno: 'EIO' }] });
    const file = await fs.open('/log', 'update');
    file.write(Buffer.from('ab'), 0, 2, 0);
    await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
    await file.sync();
    expect(contents(disk, '/log')).toEqual(new Set(['ab', '', 'a', '\0\0']));
    file.write(Buffer.from('cd'), 0, 2, 2);
    await file.sync();
    expect(contents(disk, '/log')).toEqual(new Set(['abcd', '\0\0cd', 'a\0cd']));
  });
});

describe('powerCuts of names', () => {
  it('undo any of the changes in a directory, in any order, but those of one name only from the end', async () => {
    const disk = new CrashingDisk({ '/q/a': 'a' });
    const fs = disk.process();
    await fs.rename('/q/a', '/q/b');
    await fs.link('/q/b', '/q/c');
    await fs.unlink('/q/b');
    const seen = new Set(left(disk).map((files) => Object.keys(files).join(' ')));
    expect(seen).toEqual(new Set(['/q/a', '/q/b', '/q/a /q/c', '/q/b /q/c', '/q/c', '']));
  });

  it('show a rename whole or not at all, across directories too, until both are synced', async () => {
    const disk = new CrashingDisk({ '/from/a': 'a', '/to/x': 'x' });
    const fs = disk.process();
    await fs.rename('/from/a', '/to/a');
    const both = [
      { '/to/a': 'a', '/to/x': 'x' },
      { '/from/a': 'a', '/to/x': 'x' },
    ];
    expect(left(disk)).toEqual(both);
    await fs.syncDirectory('/to');
    expect(left(disk)).toEqual(both);
    await fs.syncDirectory('/from');
    expect(left(disk)).toEqual(both.slice(0, 1));
  });

  it('bring back what a rename had overwritten', async () => {
    const disk = new CrashingDisk({ '/q/new': 'new', '/q/name': 'old' });
    await disk.process().rename('/q/new', '/q/name');
    expect(left(disk)).toEqual([{ '/q/name': 'new' }, { '/q/name': 'old', '/q/new': 'new' }]);
  });

  it('take a directory that was made along with all that is in it, until the one above is synced', async () => {
    const disk = new CrashingDisk();
    const fs = disk.process();
    await fs.mkdir('/q/sub');
    await write(fs, '/q/sub/a', 'a');
    await fs.syncDirectory('/q/sub');
    await fs.syncDirectory('/q');
    const file = await fs.open('/q/sub/a', 'update');
    await file.sync();
    expect(left(disk)).toEqual([{ '/q/sub/a': 'a' }, {}]);
    await fs.syncDirectory('/');
    expect(left(disk)).toEqual([{ '/q/sub/a': 'a' }]);
  });

  it('keep what was synced, with what it was built upon', async () => {
    const disk = new CrashingDisk({ '/q/a': 'a', '/to/x': '' });
    const fs = disk.process();
    await fs.rename('/q/a', '/to/b');
    await fs.rename('/to/b', '/to/c');
    await fs.syncDirectory('/to');
    expect(left(disk)).toEqual([{ '/to/c': 'a', '/to/x': '' }]);
  });

  it('count the names that a file is left with, and number no two files alike', async () => {
    const disk = new CrashingDisk({ '/q/a': 'a' });
    const fs = disk.process();
    await fs.unlink('/q/a');
    await write(fs, '/q/b', 'b');
    const cut = [...powerCuts(disk)].find(({ lost }) => lost.join().includes('unlink') && !lost.join().includes('create'));
    const after = cut?.disk.process();
    expect((await after?.lstat('/q/a'))?.links).toBe(1);
    expect((await after?.lstat('/q/a'))?.inode).not.toBe((await after?.lstat('/q/b'))?.inode);
  });

  it('leave a disk that is safe and can be used', async () => {
    const disk = new CrashingDisk({ '/q/a': 'a' });
    await disk.process().rename('/q/a', '/q/b');
    for (const cut of powerCuts(disk)) {
      expect([...powerCuts(cut.disk)]).toHaveLength(1);
      await write(cut.disk.process(), '/q/c', 'c');
      expect(cut.disk.files()['/q/c']).toBe('c');
    }
    expect(disk.files()).toEqual({ '/q/b': 'a' });
  });
});

describe('powerCuts of more than can be tried', () => {
  async function busy(): Promise<CrashingDisk> {
    const disk = new CrashingDisk({ '/q/x': '' });
    const fs = disk.process();
    for (let index = 0; index < 12; index += 1) await write(fs, `/q/${index}`, 'some', 'text');
    return disk;
  }

  it('are as many as asked for, all different, the extremes among them, and the same for the same seed', async () => {
    const disk = await busy();
    const cuts = left(disk, { limit: 50, seed: 3 });
    expect(new Set(cuts.map((files) => JSON.stringify(files))).size).toBe(50);
    expect(cuts).toContainEqual(disk.files());
    expect(cuts).toContainEqual({ '/q/x': '' });
    expect(left(disk, { limit: 50, seed: 3 })).toEqual(cuts);
    expect(left(disk, { limit: 50, seed: 4 })).not.toEqual(cuts);
  });

  it('lack, among others, each single change', async () => {
    const cuts = left(await busy(), { limit: 500 });
    for (let index = 0; index < 12; index += 1) {
      expect(cuts.some((files) => files[`/q/${index}`] === undefined && Object.keys(files).length === 12)).toBe(true);
      expect(cuts.some((files) => files[`/q/${index}`] !== undefined && Object.keys(files).length === 2)).toBe(true);
    }
  });
});
