import { describe, expect, it } from 'vitest';
import { claimFile, giveBack } from '../../src/fs/claim.ts';
import { errnoName } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { turns } from '../support/turns.ts';

const READY = '/q/a.tsv';
const WIP = '/q/a.tsv.me-1a1.wip';
const AGAIN = '/q/a.tsv.0123a1.again';
const onReady = (fs: FileSystem) => claimFile(fs, READY, WIP);
const failingRename = (errno: string, reply: 'before' | 'after', files: Record<string, string> = { [READY]: 'rows' }) =>
  new CrashingDisk(files).process({ faults: [{ at: ({ operation }) => operation === 'rename', errno, reply }] });

describe('claimFile', () => {
  it('takes the file under a name of its own', async () => {
    const disk = new CrashingDisk({ [READY]: 'rows' });
    expect(await onReady(disk.process())).toBe(true);
    expect(disk.files()).toEqual({ [WIP]: 'rows' });
  });

  it('is false, and changes nothing, when somebody else was faster', async () => {
    const disk = new CrashingDisk({ '/q/a.tsv.you-1a1.wip': 'rows' });
    expect(await onReady(disk.process())).toBe(false);
    expect(disk.files()).toEqual({ '/q/a.tsv.you-1a1.wip': 'rows' });
  });

  it('has one winner among all who try', async () => {
    const disk = new CrashingDisk({ [READY]: 'rows' });
    const schedule = turns();
    const tries = Array.from({ length: 5 }, (_, me) => claimFile(schedule.of(disk.process()), READY, `${READY}.c${me}-1a1.wip`));
    await schedule.run(tries, (n) => n - 1);
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it('is won though the reply was lost', async () => {
    expect(await onReady(failingRename('ENOENT', 'after'))).toBe(true);
  });

  it('throws what else the disk refuses', async () => {
    for (const errno of ['EIO', 'EACCES', 'ESTALE', 'EXDEV']) {
      const error: unknown = await onReady(failingRename(errno, 'before')).catch((reason: unknown) => reason);
      expect(errnoName(error)).toBe(errno);
    }
  });

  it('leaves the file under one of its names, whole, wherever it stops', async () => {
    await eachCrash({ [READY]: 'rows' }, onReady, (left) => expect(Object.entries(left)).toEqual([[WIP in left ? WIP : READY, 'rows']]));
  });
});

describe('giveBack', () => {
  const back = (fs: FileSystem) => giveBack(fs, WIP, AGAIN);

  it('gives it back under a name that overwrites nothing', async () => {
    const disk = new CrashingDisk({ [WIP]: 'rows', [READY]: 'newer rows' });
    expect(await back(disk.process())).toBe(true);
    expect(disk.files()).toEqual({ [AGAIN]: 'rows', [READY]: 'newer rows' });
  });

  it('is false when the claim was taken back', async () => {
    expect(await back(new CrashingDisk({ '/q/other': '' }).process())).toBe(false);
  });

  it('is done though the reply was lost', async () => {
    expect(await back(failingRename('ENOENT', 'after', { [WIP]: 'rows' }))).toBe(true);
  });

  it('leaves the file claimed or given back, wherever it stops', async () => {
    await eachCrash({ [WIP]: 'rows' }, back, (left) => expect(Object.entries(left)).toEqual([[AGAIN in left ? AGAIN : WIP, 'rows']]));
  });
});
