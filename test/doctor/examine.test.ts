import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineFolder } from '../../src/doctor/examine.ts';
import type { ExamineOptions } from '../../src/doctor/examine.ts';
import type { FolderReport } from '../../src/doctor/folder-report.ts';
import { MeetingFailedError } from '../../src/doctor/doctor-errors.ts';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { systemError } from '../support/system-error.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { lateListing, linkOverwrites, noHardLinks, renameLoses, repliesLie } from './fault-disks.ts';
import { racersOn } from './places.ts';

/** Nothing of the folder is touched, whatever happens. */
async function examined(options: ExamineOptions): Promise<FolderReport> {
  const folder = tempFolder();
  writeFileSync(join(folder, 'message.tsv'), 'x');
  try {
    return await examineFolder(folder, options);
  } finally {
    expect(readdirSync(folder)).toEqual(['message.tsv']);
  }
}

/** On another disk, where every look at the clock takes ten milliseconds: what is measured for some time ends soon, and few files are raced for. */
const on = (fileSystem: FileSystem): ExamineOptions => ({
  fileSystem,
  startRacers: racersOn(fileSystem),
  clock: hastyClock({ ticksMs: 10 }),
  events: async () => async () => undefined,
});
const broken = ({ promises }: FolderReport): number[] => promises.filter(({ holds }) => !holds).map(({ number }) => number);

describe('a folder that breaks promises', () => {
  it.each<[string, () => FileSystem, number[]]>([
    ['has no hard links', () => noHardLinks, [3, 6]],
    ['has links that overwrite', () => linkOverwrites, [1, 3, 6, 11]],
    ['has listings that lag behind', lateListing, [11]],
    ['loses files', renameLoses, [1]],
  ])('%s', async (_what, fs, promises) => {
    const report = await examined(on(fs()));
    expect(report.holds).toBe(false);
    expect(broken(report)).toEqual(expect.arrayContaining(promises));
  });
});

it('is not put off by replies that lie, and breaks no promise by them', async () => {
  const report = await examined(on(repliesLie()));
  expect(report.findings.races.renames.lied).toBeGreaterThan(0);
  expect(report.findings.races).toMatchObject({ renames: { doubled: 0, lost: 0, odd: {} }, links: { doubled: 0, lost: 0, odd: {} } });
});

describe('an examination that ends early', () => {
  it('is interrupted while processes race, and leaves nothing', async () => {
    const controller = new AbortController();
    const startRacers: ExamineOptions['startRacers'] = async (names) => ({
      ...(await racersOn(disk)(names)),
      race: async () => {
        controller.abort(new Error('enough'));
        throw new Error('killed');
      },
    });
    await expect(examined({ ...on(disk), signal: controller.signal, startRacers })).rejects.toThrow();
  });

  it('is interrupted before it began', async () => {
    await expect(examined({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('meets a disk that is full: the error names the call and the path', async () => {
    let opens = 0;
    const fs: FileSystem = {
      ...disk,
      async open(path, mode) {
        if ((opens += 1) > 30) throw systemError('ENOSPC', 'open', path);
        return disk.open(path, mode);
      },
    };
    await expect(examined(on(fs))).rejects.toMatchObject({ code: 'ERR_DISK', operation: 'open', errno: 'ENOSPC' });
  });

  it('waits in vain for others', async () => {
    const told: string[] = [];
    const lonely = examined({ ...on(disk), together: 2, waitMs: 200, tell: (sentence) => told.push(sentence) });
    await expect(lonely).rejects.toThrow(MeetingFailedError);
    expect(told).toEqual([expect.stringMatching(/^Waiting for 1 more: dibs doctor .* --together 2$/)]);
  });
});
