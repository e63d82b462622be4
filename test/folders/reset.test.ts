import { describe, expect, it } from 'vitest';
import { DiskError, ReadOnlyQueueError, WorkQueueError } from '../../src/errors.ts';
import { FolderInUseError } from '../../src/folders/folder-errors.ts';
import { clearFolderControlFiles, releaseFolderClaims, resetFolder } from '../../src/queues/folder-maintenance.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { eachError } from '../support/each-error.ts';
import { beatOf, below, folderOf, names, wordOf } from '../support/folder-scene.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { bySize, oneIn } from '../support/sample.ts';

/** Files in every state: two claims, a group, a group that was being finished, one given back; a run that is over. */
const USED = folderOf({
  'ready.tsv': 'ready',
  'back.tsv.0a2.again': 'back',
  'one.tsv.etl-1-7-aa-1a1.wip': 'one',
  'two.tsv.etl-1-7-aa-2a3.wip': 'two',
  'g1.tsv.etl-1-7-aa-3a1.wip': 'g1',
  'g2.tsv.etl-1-7-aa-3a1.wip': 'g2',
  'h1.tsv.etl-1-7-aa-4a1.finished': 'h1',
  'h2.tsv.etl-1-7-aa-4a1.wip': 'h2',
  ...wordOf('helo', { beat: 'extract-7-bb' }),
  ...wordOf('done', { beat: 'extract-7-bb', stamp: '20261121_130406_123456' }),
  'notes.txt': 'mine',
  '.dibs/consumers/etl-1-7-aa': beatOf('gone'),
  '.dibs/producers/extract-7-bb': beatOf('gone'),
});

const AFTER = [
  'back.tsv.<token>a2.again',
  'done/h1.tsv',
  'done/h2.tsv',
  'g1.tsv.<token>a1.again',
  'g2.tsv.<token>a1.again',
  'notes.txt',
  'one.tsv.<token>a1.again',
  'ready.tsv',
  'two.tsv.<token>a3.again',
];

const withoutOwn = (files: Readonly<Record<string, string>>): string[] =>
  names(below('/q', files)).filter((name) => !name.startsWith('.dibs/'));

const options = (disk: CrashingDisk): { fileSystem: ReturnType<CrashingDisk['process']>; clock: ReturnType<typeof hastyClock> } => ({
  fileSystem: disk.process(),
  clock: hastyClock(),
});

/** A second name of what is finished is none of a message: whoever claims it sees that, and removes it. */
async function forgetFinished(disk: CrashingDisk): Promise<void> {
  const fs = disk.process();
  for (const path of Object.keys(disk.files()).filter((one) => one.endsWith('.again'))) {
    const done = `/q/done/${path.slice('/q/'.length).replace(/\.\w+\.again$/, '')}`;
    if ((await fs.lstat(done))?.inode === (await fs.lstat(path))?.inode) await fs.unlink(path);
  }
}

describe('reset', () => {
  it('F-34 reset makes what is claimed ready again with its attempts, brings decided groups to their end and drops what producers said', async () => {
    const disk = new CrashingDisk(USED);
    expect(await resetFolder('/q', options(disk))).toEqual({ claims: 6, controlFiles: 2 });
    expect(withoutOwn(disk.files())).toEqual(AFTER);
    expect(names(below('/q/.dibs', disk.files()))).toEqual(['queue.json']);
    expect(await resetFolder('/q', options(disk))).toEqual({ claims: 0, controlFiles: 0 });
  });

  it('F-34 reset has two halves', async () => {
    const disk = new CrashingDisk(USED);
    expect(await clearFolderControlFiles('/q', options(disk))).toBe(2);
    expect(withoutOwn(disk.files())).toHaveLength(9);
    expect(withoutOwn(disk.files())).toContain('one.tsv.etl-1-7-aa-1a1.wip');
    expect(await releaseFolderClaims('/q', options(disk))).toBe(6);
    expect(withoutOwn(disk.files())).toEqual(AFTER);
  });

  it('F-34 reset loses nothing and doubles nothing wherever it stops, and the next one does the rest', async () => {
    const counts = await eachCrash(
      USED,
      (fs) => resetFolder('/q', { fileSystem: fs, clock: hastyClock() }),
      async (left, _, { disk }) => {
        const messages = Object.entries(below('/q', left)).filter(([path]) => !path.startsWith('.dibs/') && /\.tsv/.test(path));
        const texts = messages.filter(([path]) => !path.startsWith('done/')).map(([, text]) => text);
        expect(texts).toEqual([...new Set(texts)]);
        expect(new Set(messages.map(([, text]) => text))).toEqual(new Set(['ready', 'back', 'one', 'two', 'g1', 'g2', 'h1', 'h2']));
        await resetFolder('/q', options(disk));
        await forgetFinished(disk);
        expect(withoutOwn(disk.files())).toEqual(AFTER);
        expect(names(below('/q/.dibs', disk.files()))).toEqual(['queue.json']);
      },
      { ledger: () => '', likeness: (files) => files.replace(/[0-9a-f]{8,}/g, '<token>'), share: oneIn(3) },
    );
    expect(counts.points).toBeGreaterThan(60);
  });

  it('F-34 reset says what the disk refused, and the next one does the rest', async () => {
    const { runs } = await eachError(
      USED,
      (fs) => resetFolder('/q', { fileSystem: fs, clock: hastyClock() }),
      async (_, __, { error, disk }) => {
        if (error !== undefined) {
          expect(error).toBeInstanceOf(WorkQueueError);
          expect(error).toMatchObject({ message: expect.stringMatching(/ ?\/(?:q\b|:)/) });
        }
        await resetFolder('/q', options(disk));
        await forgetFinished(disk);
        expect(withoutOwn(disk.files())).toEqual(AFTER);
      },
      { errnos: ['EIO', 'ENOENT', 'EACCES', 'EROFS'], spans: ['once'], powerCuts: 1, share: oneIn(2, 48) },
    );
    expect(runs).toBeGreaterThan(bySize({ quick: 2, slow: 80, deep: 80 }));
  });

  it('tells who may not write from a disk that fails', async () => {
    const disk = new CrashingDisk(USED);
    const refusing = (errno: string): object => ({
      fileSystem: disk.process({ faults: [{ at: ({ operation }) => operation === 'rename', errno }] }),
      clock: hastyClock(),
    });
    await expect(resetFolder('/q', refusing('EACCES'))).rejects.toThrow(ReadOnlyQueueError);
    await expect(resetFolder('/q', refusing('EROFS'))).rejects.toThrow(ReadOnlyQueueError);
    await expect(resetFolder('/q', refusing('EIO'))).rejects.toThrow(DiskError);
  });
});

describe('a folder that is used', () => {
  const with_ = (files: Readonly<Record<string, string>>): CrashingDisk => new CrashingDisk({ ...USED, ...folderOf(files) });

  it.each([
    ['a consumer', { '.dibs/consumers/etl-1-8-cc': beatOf('here') }, 'etl-1-8-cc'],
    ['a producer', { '.dibs/producers/load-8-dd': beatOf('here') }, 'load-8-dd'],
  ])('F-34 reset refuses while %s lives, and names it', async (_, files, user) => {
    const disk = with_(files);
    for (const act of [resetFolder, releaseFolderClaims, clearFolderControlFiles]) {
      const refusal = await act('/q', options(disk)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(FolderInUseError);
      expect(refusal).toMatchObject({ user, isAlive: true, directory: '/q' });
    }
    expect(disk.files()).toEqual(with_(files).files());
    expect(await resetFolder('/q', { ...options(disk), force: true })).toEqual({ claims: 6, controlFiles: 2 });
    expect(withoutOwn(disk.files())).toEqual(AFTER);
    expect(below('/q/.dibs', disk.files())).toHaveProperty([Object.keys(files)[0]?.slice('.dibs/'.length) ?? '']);
  });

  it('F-34 reset waits a lease until it is sure that one elsewhere is dead, or as long as it is told', async () => {
    const clock = manualClock();
    const disk = with_({ '.dibs/consumers/etl-2-8-cc': beatOf('elsewhere', 60_000), 'far.tsv.etl-2-8-cc-1a1.wip': 'far' });
    const fileSystem = disk.process();
    await expect(resetFolder('/q', { fileSystem, clock, waitMs: 0 })).rejects.toMatchObject({ user: 'etl-2-8-cc', isAlive: false });
    const resetting = resetFolder('/q', { fileSystem, clock });
    await clock.advance(59_000);
    expect(withoutOwn(disk.files())).toContain('far.tsv.etl-2-8-cc-1a1.wip');
    await clock.advance(2_000);
    expect(await resetting).toMatchObject({ claims: 7 });
    expect(withoutOwn(disk.files())).toContain('far.tsv.<token>a1.again');
    expect(names(below('/q/.dibs', disk.files()))).toEqual(['queue.json']);
  });

  it('F-34 reset is refused as soon as one elsewhere is seen to beat', async () => {
    const clock = manualClock();
    const disk = with_({ '.dibs/consumers/etl-2-8-cc': beatOf('elsewhere') });
    const fileSystem = disk.process();
    const resetting = resetFolder('/q', { fileSystem, clock }).catch((error: unknown) => error);
    await clock.advance(1_000);
    const file = await fileSystem.open('/q/.dibs/consumers/etl-2-8-cc', 'update');
    file.write(new TextEncoder().encode('0000000002'), 0, 10, 0);
    await clock.advance(1_000);
    expect(await resetting).toMatchObject({ user: 'etl-2-8-cc', isAlive: true });
  });

  it('takes a claim without a heartbeat for alive for a lease', async () => {
    const clock = manualClock();
    const disk = with_({ 'lost.tsv.etl-9-9-ee-1a2.wip': 'lost' });
    const resetting = resetFolder('/q', { fileSystem: disk.process(), clock });
    await clock.advance(29_000);
    expect(withoutOwn(disk.files())).toContain('lost.tsv.etl-9-9-ee-1a2.wip');
    await clock.advance(2_000);
    await resetting;
    expect(withoutOwn(disk.files())).toContain('lost.tsv.<token>a2.again');
  });

  it('keeps the heartbeat of a dead producer as long as a stage of it is there', async () => {
    const disk = with_({ '.dibs/stages/stage.extract-7-bb.k1.0123456789abcdef': 'x', 'x.tsv': 'x' });
    await disk.process().unlink('/q/x.tsv');
    await disk.process().link('/q/.dibs/stages/stage.extract-7-bb.k1.0123456789abcdef', '/q/x.tsv');
    await resetFolder('/q', options(disk));
    expect(Object.keys(below('/q/.dibs/producers', disk.files()))).toEqual(['extract-7-bb']);
  });
});

it('refuses options that can not be meant', async () => {
  await expect(resetFolder('/q', JSON.parse('{"force":"yes"}'))).rejects.toThrow(TypeError);
  await expect(resetFolder('/q', { waitMs: -1 })).rejects.toThrow(TypeError);
  await expect(resetFolder('')).rejects.toThrow(TypeError);
});
