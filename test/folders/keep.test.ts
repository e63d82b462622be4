import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepFile, makePlaces } from '../../src/folders/keep.ts';
import { finish, giveUp } from '../../src/folders/settle.ts';
import { disk } from '../../src/fs/disk.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { systemClock } from '../../src/clock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { ALL_ERRNOS } from '../support/each-error.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { drop, openActor } from '../support/folder-ground.ts';
import { tempFolder } from '../support/temp-folder.ts';

it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('F-33 what is given up needs no report, where there is no room for it: %s', async (errno) => {
  const memory = memoryDisk({ '/q/a.tsv': 'rows' });
  const { context, claim, consumer } = await openActor(memory);
  const taken = await claim('a.tsv');
  const open: typeof memory.open = async (path, mode) =>
    path.includes('.stage-') ? Promise.reject(errnoError(errno, 'open', path)) : memory.open(path, mode);
  const full = { ...context, fs: { ...context.fs, open } };
  expect(await giveUp(full, taken, consumer.name, { name: 'Error', message: 'no' })).toBe(true);
  expect([await memory.readdir('/q/failed'), memory.exists(taken.path)]).toEqual([['a.tsv'], false]);
});

describe('the places where files go at their end', () => {
  it('are there from the beginning, but for one that is not to be, and are not made again', async () => {
    const memory = memoryDisk();
    await memory.mkdir('/q');
    const made: string[] = [];
    const mkdir = async (path: string): Promise<void> => (made.push(path), memory.mkdir(path));
    const { context } = await openActor({ ...memory, mkdir });
    made.length = 0;
    await makePlaces(context);
    await makePlaces(context);
    expect(made).toEqual(['/q/done', '/q/failed']);
    const withoutDone = { ...context, layout: { ...context.layout, doneDir: null, failedDir: '/q/other' } };
    await makePlaces(withoutDone);
    expect(made).toEqual(['/q/done', '/q/failed', '/q/other']);
  });

  it('are needed later only: that the disk refuses them now is told then', async () => {
    const { context } = await openActor(memoryDisk({ '/q/a.tsv': '' }));
    const mkdir = async (path: string): Promise<void> => Promise.reject(errnoError('ENOSPC', 'mkdir', path));
    await expect(makePlaces({ ...context, fs: { ...context.fs, mkdir } })).resolves.toBeUndefined();
  });
});

describe('a directory on another device', () => {
  it.skipIf(!existsSync('/dev/shm'))('F-08 that is not there yet gets a whole copy', async () => {
    const folder = tempFolder();
    const doneDir = join(tempFolder('/dev/shm'), 'made', 'later');
    writeFileSync(join(folder, 'a.tsv'), 'x'.repeat(3_000_000));
    const { context, claim, consumer } = await openActor(disk, { clock: systemClock, directory: folder, doneDir });
    const taken = await claim('a.tsv');
    expect(await finish(context, taken)).toBe(true);
    await consumer.end();
    expect(readFileSync(join(doneDir, 'a.tsv'), 'utf8')).toHaveLength(3_000_000);
    expect(readdirSync(doneDir)).toEqual(['a.tsv']);
    expect(readdirSync(folder).filter((name) => name.includes('tsv'))).toEqual([]);
  });

  it('shows nothing of one who lost the claim while it copied', async () => {
    const memory = memoryDisk({ '/q/a.tsv': 'rows' });
    const link = async (from: string, to: string): Promise<void> => {
      if (from.endsWith('.wip')) throw errnoError('EXDEV', 'link', from);
      return memory.link(from, to);
    };
    const { context, claim } = await openActor({ ...memory, link });
    const taken = await claim('a.tsv');
    const { open } = memory;
    memory.open = async (path, mode) => {
      if (path.includes('.stage-')) await memory.rename(taken.path, '/q/a.tsv.theira1.again');
      return open(path, mode);
    };
    const slow = { ...context, fs: { ...context.fs, open: memory.open } };
    await memory.mkdir('/q/done');
    expect(await keepFile(slow, taken, '/q/done')).toBeUndefined();
    expect(await memory.readdir('/q/done')).toEqual([]);
  });
});

describe('where there are no hard links', () => {
  const unlinked = (files: Record<string, string>) => {
    const memory = memoryDisk(files);
    const link = async (from: string, to: string): Promise<void> => {
      if (from.endsWith('.wip')) throw errnoError('EPERM', 'link', from);
      return memory.link(from, to);
    };
    return { ...memory, link };
  };

  it('it is moved', async () => {
    const fs = unlinked({ '/q/a.tsv': 'rows' });
    const { context, claim } = await openActor(fs);
    expect(await finish(context, await claim('a.tsv'))).toBe(true);
    expect(await fs.readdir('/q/done')).toEqual(['a.tsv']);
  });

  it('it takes another name where its own is taken', async () => {
    const fs = unlinked({ '/q/a.tsv': 'rows', '/q/done/a.tsv': 'older' });
    const { context, claim } = await openActor(fs);
    const taken = await claim('a.tsv');
    expect(await finish(context, taken)).toBe(true);
    expect((await fs.readdir('/q/done')).toSorted()).toEqual(['a.tsv', `a.tsv~${taken.inode}`]);
  });

  it('a claim that was taken back is lost', async () => {
    const fs = unlinked({ '/q/a.tsv': 'rows' });
    const { context, claim } = await openActor(fs);
    const taken = await claim('a.tsv');
    await fs.rename(taken.path, '/q/a.tsv.theira1.again');
    expect(await finish(context, taken)).toBe(false);
    expect(await fs.readdir('/q')).toContain('a.tsv.theira1.again');
  });
});

it('F-08 keeps every one of many files of one name', async () => {
  const fs = memoryDisk({ '/q/x.txt': '' });
  const { context, claim } = await openActor(fs);
  for (let index = 0; index < 5; index += 1) {
    await drop(fs, '/q/a.tsv', `rows ${index}`);
    expect(await finish(context, await claim('a.tsv'))).toBe(true);
  }
  expect(await fs.readdir('/q/done')).toHaveLength(5);
});

it('loses no file where even a name that nobody else has is taken', async () => {
  const memory = memoryDisk({ '/q/a.tsv': 'rows' });
  const link = async (from: string, to: string): Promise<void> => {
    if (from.endsWith('.wip')) throw errnoError('EEXIST', 'link', to);
    return memory.link(from, to);
  };
  const { context, claim } = await openActor({ ...memory, link });
  const taken = await claim('a.tsv');
  await expect(finish(context, taken)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(memory.exists(taken.path)).toBe(true);
});

describe('a decision that the disk refused, though it may have done what it was asked for,', () => {
  const REASON = { name: 'Error', message: 'no' };
  const WAYS = { done: '/q/done', failed: '/q/failed' } as const;
  const NETWORKS = { 'on one device': false, 'across devices': true } as const;

  async function refuseOnce(first: keyof typeof WAYS, errno: string, isFar: boolean, doneDir: string | null = '/q/done') {
    const memory = memoryDisk({ '/q/a.tsv': 'rows' });
    let isRefusing = false;
    const across: typeof memory.link = async (from, to) => {
      if (isFar && from.endsWith('.wip') && !to.includes('/.dibs/')) throw errnoError('EXDEV', 'link', from);
      await memory.link(from, to);
    };
    const link: typeof memory.link = async (from, to) => {
      await across(from, to);
      if (!to.startsWith(`${WAYS[first]}/`)) return;
      isRefusing = true;
      throw errnoError(errno, 'link', from);
    };
    const lstat: typeof memory.lstat = async (path) => (isRefusing ? Promise.reject(errnoError(errno, 'lstat', path)) : memory.lstat(path));
    const { context, claim, consumer } = await openActor({ ...memory, link: across }, { doneDir });
    const taken = await claim('a.tsv');
    const ways = {
      done: (by = context) => finish(by, taken),
      failed: (by = context) => giveUp(by, taken, consumer.name, REASON),
    };
    await expect(ways[first]({ ...context, fs: { ...context.fs, link, lstat } })).rejects.toMatchObject({ code: errno });
    expect(await memory.readdir(WAYS[first]), 'it was shown').toContain('a.tsv');
    return { memory, ways };
  }

  const seen = async (fs: FileSystem, directory: string): Promise<string[]> =>
    fs.exists(directory) ? (await fs.readdir(directory)).filter((name) => !name.endsWith('.json')) : [];

  it.each(
    Object.entries(NETWORKS).flatMap(([where, isFar]) =>
      (['EIO', 'ETIMEDOUT', 'ENOSPC', 'ENOENT', 'EEXIST'] as const).flatMap((errno) =>
        (['done', 'failed'] as const).flatMap((first) =>
          (['done', 'failed'] as const).map((next) => ({ where, isFar, errno, first, next })),
        ),
      ),
    ),
  )('$where: $first, which answers $errno, stands when $next is decided', async ({ isFar, errno, first, next }) => {
    const { memory, ways } = await refuseOnce(first, errno, isFar);
    expect(await ways[next]()).toBe(first === next ? true : first);
    expect(await seen(memory, WAYS[first])).toEqual(['a.tsv']);
    expect(await seen(memory, WAYS[first === 'done' ? 'failed' : 'done'])).toEqual([]);
    expect((await memory.readdir('/q')).filter((name) => name.includes('tsv'))).toEqual([]);
  });

  it('stands where what is done is not kept', async () => {
    const { memory, ways } = await refuseOnce('failed', 'EIO', false, null);
    expect(await ways.done()).toBe('failed');
    expect(await seen(memory, '/q/failed')).toEqual(['a.tsv']);
    expect((await memory.readdir('/q')).filter((name) => name.includes('tsv'))).toEqual([]);
  });

  it.each(ALL_ERRNOS)('is no refusal where the file is seen to be there: %s', async (errno) => {
    const memory = memoryDisk({ '/q/a.tsv': 'rows' });
    const { context, claim } = await openActor(memory);
    const fs = new FaultyDisk(memory, {
      faults: [{ at: ({ operation, to }) => operation === 'link' && to === '/q/done/a.tsv', errno, reply: 'after' }],
    });
    await memory.mkdir('/q/done');
    expect(await finish({ ...context, fs }, await claim('a.tsv'))).toBe(true);
    expect(await memory.readdir('/q/done')).toEqual(['a.tsv']);
  });
});
