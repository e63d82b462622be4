import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NotAQueueError, QueueNotFoundError, WorkQueueError } from '../../src/errors.ts';
import { FolderInUseError } from '../../src/folders/folder-errors.ts';
import { purgeFolder } from '../../src/queues/folder-maintenance.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { eachError } from '../support/each-error.ts';
import { beatOf, below, folderOf, wordOf } from '../support/folder-scene.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { oneIn } from '../support/sample.ts';

const USED = folderOf({
  'ready.tsv': 'ready',
  'back.tsv.0a2.again': 'back',
  'one.tsv.etl-1-7-aa-1a1.wip': 'one',
  ...wordOf('helo', { beat: 'extract-7-bb' }),
  'notes.txt': 'anything',
  'done/old.tsv': 'old',
  'failed/bad.tsv': 'bad',
  'failed/bad.tsv.error.json': '{}',
  '.dibs/consumers/etl-1-7-aa': beatOf('gone'),
  '.dibs/producers/extract-7-bb': beatOf('gone'),
  '.dibs/stages/stage.0123456789abcdef': 'half',
});

const options = (disk: CrashingDisk): { fileSystem: ReturnType<CrashingDisk['process']>; clock: ReturnType<typeof hastyClock> } => ({
  fileSystem: disk.process(),
  clock: hastyClock(),
});

/** All names in a folder, directories too. */
async function inside(disk: CrashingDisk, directory: string): Promise<string[]> {
  return (await disk.process().readdir(directory)).sort();
}

describe('purge', () => {
  it('F-34 purge leaves an empty folder', async () => {
    const disk = new CrashingDisk(USED);
    expect(await purgeFolder('/q', options(disk))).toEqual({ removed: 8, left: [] });
    expect(await inside(disk, '/q')).toEqual([]);
  });

  it("F-34 purge leaves and names directories that are not the queue's, and what lies elsewhere", async () => {
    const disk = new CrashingDisk({ ...USED, '/q/sub/mine.txt': 'mine', '/q/done/2025/old.tsv': 'older', '/away/x.tsv': 'x' });
    const report = await purgeFolder('/q', { ...options(disk), failedDir: '/away' });
    expect(report).toEqual({ removed: 6, left: ['done', 'done/2025', 'failed', 'sub'] });
    expect(disk.files()).toEqual({
      '/away/x.tsv': 'x',
      '/q/done/2025/old.tsv': 'older',
      '/q/failed/bad.tsv': 'bad',
      '/q/failed/bad.tsv.error.json': '{}',
      '/q/sub/mine.txt': 'mine',
    });
  });

  it('F-34 purge removes what the disk says is gone, and is not', async () => {
    const disk = new CrashingDisk(USED);
    let lies = 1;
    const isLie = ({ operation, path }: Call): boolean => operation === 'unlink' && path.endsWith('.wip') && lies-- > 0;
    const fileSystem = new FaultyDisk(disk.process(), { faults: [{ at: isLie, errno: 'ENOENT' }] });
    await purgeFolder('/q', { fileSystem, clock: hastyClock() });
    expect(await inside(disk, '/q')).toEqual([]);
  });

  it.each([
    ['an empty folder', { '/q/': '' }, NotAQueueError, 'it has no .dibs/queue.json'],
    ['a folder of files', { '/q/a.tsv': 'a', '/q/.dibs/x': '' }, NotAQueueError, 'it has no .dibs/queue.json'],
    ['nothing', { '/other/': '' }, QueueNotFoundError, 'There is no queue'],
  ])('F-34 purge refuses %s and touches nothing', async (_, files, type, text) => {
    const disk = new CrashingDisk(files);
    const before = disk.files();
    const refusal = await purgeFolder('/q', options(disk)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(type);
    expect(String(refusal)).toContain(text);
    expect(disk.files()).toEqual(before);
  });

  it('F-34 purge refuses a queue of values, and says what it is', async () => {
    const values = '{"format":"dibs/persistent-queue","version":1,"name":"queue"}';
    const disk = new CrashingDisk({ '/q/queue.json': values });
    await expect(purgeFolder('/q', options(disk))).rejects.toThrow('it holds a queue of values');
  });

  it('F-34 purge refuses while somebody lives, unless force', async () => {
    const disk = new CrashingDisk({ ...USED, '/q/.dibs/consumers/etl-1-8-cc': beatOf('here') });
    const before = disk.files();
    await expect(purgeFolder('/q', options(disk))).rejects.toThrow(FolderInUseError);
    expect(disk.files()).toEqual(before);
    await purgeFolder('/q', { ...options(disk), force: true });
    expect(await inside(disk, '/q')).toEqual([]);
  });

  it('F-34 purge of a queue whose manifest is damaged is one of a queue', async () => {
    const disk = new CrashingDisk({ ...USED, '/q/.dibs/queue.json': '{"format":"dibs/folder-queue","version":1,"ext' });
    await purgeFolder('/q', options(disk));
    expect(await inside(disk, '/q')).toEqual([]);
  });

  it('F-34 purge stopped anywhere is finished by the next one', async () => {
    const counts = await eachCrash(
      USED,
      (fs) => purgeFolder('/q', { fileSystem: fs, clock: hastyClock() }),
      async (_, __, { disk }) => {
        const left = await inside(disk, '/q');
        const again = await purgeFolder('/q', options(disk)).catch((error: unknown) => error);
        // Where it was over already there is nothing that could be a queue.
        if (again instanceof Error) expect([again.constructor, left]).toEqual([NotAQueueError, []]);
        expect(await inside(disk, '/q')).toEqual([]);
      },
      { ledger: () => '', likeness: (files) => files, share: oneIn(1) },
    );
    expect(counts.points).toBeGreaterThan(40);
  });

  it.each([
    ['what the disk refused', { errnos: ['EIO', 'EACCES', 'EROFS', 'EPERM'] }],
    ['nothing of a reply that was lost', { errnos: ['ENOENT'], replies: ['after'] as const }],
  ])('F-34 purge says %s, and the next one does the rest', async (_, faults) => {
    await eachError(
      USED,
      (fs) => purgeFolder('/q', { fileSystem: fs, clock: hastyClock() }),
      async (__, ___, { error, disk }) => {
        if (error !== undefined) expect(error).toBeInstanceOf(WorkQueueError);
        const left = await inside(disk, '/q');
        if (left.length > 0) await purgeFolder('/q', options(disk));
        expect(await inside(disk, '/q')).toEqual([]);
      },
      { ...faults, spans: ['once'], powerCuts: 1, share: oneIn(1) },
    );
  });
});

describe('on the real disk', () => {
  it('F-34 purge refuses a file', async () => {
    const path = join(tempFolder(), 'file');
    writeFileSync(path, 'text');
    await expect(purgeFolder(path)).rejects.toThrow('it is a file');
  });

  it('F-34 purge follows no link, and removes what is no plain file', async () => {
    const [folder, away] = [tempFolder(), tempFolder()];
    writeFileSync(join(away, 'keep.tsv'), 'x');
    mkdirSync(join(away, 'done'));
    writeFileSync(join(away, 'done', 'keep.tsv'), 'x');
    symlinkSync(join(away, 'done'), join(folder, 'done'));
    const queue = await ReadableFolderQueue.open(folder, { watch: false, doneDir: join(folder, 'done') });
    await queue.dispose();
    symlinkSync(join(away, 'keep.tsv'), join(folder, 'link.tsv'));
    symlinkSync(away, join(folder, 'away'));
    expect(await purgeFolder(folder)).toEqual({ removed: 2, left: ['done'] });
    expect(readdirSync(folder)).toEqual(['done']);
    expect(existsSync(join(away, 'keep.tsv'))).toBe(true);
    expect(readdirSync(join(away, 'done'))).toEqual(['keep.tsv']);
  });

  it('F-34 purge by a reader ends it, and what it has in hands', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.tsv'), 'a');
    writeFileSync(join(folder, 'b.tsv'), 'b');
    const queue = await ReadableFolderQueue.open(folder, { watch: false });
    const file = await queue.tryGet();
    expect(await queue.purge()).toEqual({ removed: 2, left: [] });
    expect(readdirSync(folder)).toEqual([]);
    await expect(file?.done()).rejects.toMatchObject({ code: 'ERR_CLAIM_LOST' });
    await expect(queue.get()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
    const again = await ReadableFolderQueue.open(folder, { extension: '.csv', watch: false });
    await again.dispose();
  });
});

it('counts nothing in memory of what it removes', async () => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`m${i}.tsv`, '']));
  const disk = new CrashingDisk(folderOf(many));
  expect(await purgeFolder('/q', options(disk))).toEqual({ removed: 2_000, left: [] });
  expect(below('/q', disk.files())).toEqual({});
});
