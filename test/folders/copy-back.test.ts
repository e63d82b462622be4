import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { copyBack, finishRetries } from '../../src/folders/copy-back.ts';
import { folderContext, type FolderContext, UniqueNames } from '../../src/folders/folder-context.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const ENTRY = { name: 'x.tsv', file: 'x.tsv~7' };
const rules = { extension: '.tsv', maxAttempts: 3 };

const bare = (fs: FileSystem, who: string): Promise<FolderContext> =>
  folderContext({
    fs,
    clock: systemClock,
    layout: layoutOf('/q', { failedDir: '/far' }),
    rules,
    durability: 'power',
    names: new UniqueNames(who),
  });

async function disk(): Promise<FileSystem> {
  const memory = memoryDisk({ '/far/x.tsv~7': 'rows', '/far/x.tsv': 'another' });
  await memory.mkdir('/q/.dibs/stages');
  return memory;
}

const left = async (fs: FileSystem): Promise<string[][]> => {
  const listings = await Promise.all(['/q', '/far', '/q/.dibs/stages'].map((path) => fs.readdir(path)));
  return listings.map((names) => names.filter((name) => name !== '.dibs').toSorted());
};

describe('a file that is put back from another device', () => {
  it('is there once, whenever who puts it back sleeps while another does', async () => {
    for (let call = 1; ; call += 1) {
      const memory = await disk();
      const next = await bare(memory, 'next');
      let isTheirs = false;
      const meanwhile = async (): Promise<void> => {
        await finishRetries(next);
        isTheirs = await copyBack(next, ENTRY, '/q/theirs.again');
      };
      const fs = sleepyDisk(memory, { call, meanwhile });
      const isOurs = await copyBack(await bare(fs, 'owner'), ENTRY, '/q/ours.again');
      expect(isOurs !== isTheirs, `asleep before call ${call}: one of them did it`).toBe(true);
      expect(await left(memory), `asleep before call ${call}`).toEqual([[isOurs ? 'ours.again' : 'theirs.again'], ['x.tsv'], []]);
      if (fs.calls.length < call) return;
    }
  });

  it('is put back by a rename where there are no hard links', async () => {
    const memory = await disk();
    const fs = { ...memory, link: async (from: string) => Promise.reject(errnoError('EPERM', 'link', from)) };
    expect(await copyBack(await bare(fs, 'owner'), ENTRY, '/q/ours.again')).toBe(true);
    expect(await left(memory)).toEqual([['ours.again'], ['x.tsv'], []]);
  });

  it('leaves nothing of it if the disk refuses to copy it', async () => {
    const memory = await disk();
    const fs = { ...memory, link: async (from: string) => Promise.reject(errnoError('EIO', 'link', from)) };
    await expect(copyBack(await bare(fs, 'owner'), ENTRY, '/q/ours.again')).rejects.toMatchObject({ code: 'EIO' });
    expect(await left(memory)).toEqual([[], ['x.tsv', 'x.tsv~7'], []]);
  });

  it('is gone already: nothing is done', async () => {
    const memory = await disk();
    expect(await copyBack(await bare(memory, 'owner'), { name: 'y.tsv', file: 'y.tsv' }, '/q/ours.again')).toBe(false);
    expect(await left(memory)).toEqual([[], ['x.tsv', 'x.tsv~7'], []]);
  });
});
