import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WorkQueueError } from '../../src/errors.ts';
import { passingCaretaker } from '../../src/folders/maintenance.ts';
import { takeGroup } from '../../src/folders/group-claim.ts';
import { giveUpGroup } from '../../src/folders/group-settle.ts';
import { retryFailed } from '../../src/folders/retry-failed.ts';
import { formatReport } from '../../src/formats/failure-report.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ProcessIdentity } from '../../src/fs/process-identity.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { retryFolder } from '../../src/queues/folder-maintenance.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { eachError } from '../support/each-error.ts';
import { below, folderOf, names } from '../support/folder-scene.ts';
import { GONE, messagesIn, openActor } from '../support/folder-ground.ts';
import { DAYS, days, keptIn, nextGroup, openGroups } from '../support/grouped-ground.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { bySize, oneIn } from '../support/sample.ts';
import { twoDevices } from '../support/two-devices.ts';
import { listed } from '../support/queue-lives.ts';
import { tempFolder } from '../support/temp-folder.ts';

const report = (name: string): string =>
  formatReport({ name, attempt: 3, consumer: 'etl-1-7-aa', at: '2026-11-21T13:04:05.123Z', error: { name: 'Error', message: 'no' } });

const FAILED = folderOf({
  'a.tsv': 'newer',
  'failed/a.tsv': 'a',
  'failed/a.tsv.error.json': report('a.tsv'),
  'failed/a.tsv~77': 'other',
  'failed/a.tsv~77.error.json': report('a.tsv'),
  'failed/b.tsv': 'b',
  'failed/.stage-x1': 'half',
  'failed/notes.txt': 'mine',
});

/** Takes the group `mon`, and gives it up. */
async function giveUpMonday(fs: FileSystem, identity?: ProcessIdentity): Promise<void> {
  const { context, consumer } = await openActor(fs, identity && { identity });
  const members = DAYS.members.map((member) => `mon_${member}.tsv`);
  const taken = await takeGroup(context, 'mon', members, await consumer.claimer(0));
  if (taken.kind !== 'claimed') throw new Error(`the group is ${taken.kind}`);
  await giveUpGroup(context, taken.claim, { name: 'Error', message: 'no' });
}

const messages = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(below('/q', files)).filter(([path]) => !path.startsWith('.dibs/')));

const options = (disk: CrashingDisk): { fileSystem: ReturnType<CrashingDisk['process']>; clock: ReturnType<typeof hastyClock> } => ({
  fileSystem: disk.process(),
  clock: hastyClock(),
});

/** With what was given up on another device. */
const far = (fs: ReturnType<CrashingDisk['process']>): object => ({
  fileSystem: new Proxy(fs, {
    get: (target, key) =>
      key === 'rename'
        ? async (from: string, to: string) => {
            if (from.startsWith('/far/')) throw Object.assign(new Error('EXDEV'), { code: 'EXDEV', syscall: 'rename' });
            return target.rename(from, to);
          }
        : typeof Reflect.get(target, key) === 'function'
          ? Reflect.get(target, key).bind(target)
          : Reflect.get(target, key),
  }),
  clock: hastyClock(),
  failedDir: '/far',
});

const BACK = ['a.tsv', 'a.tsv.<token>a0.again', 'a.tsv.<token>a0.again', 'b.tsv.<token>a0.again', 'failed/.stage-x1', 'failed/notes.txt'];

describe('retry', () => {
  it('puts back what was given up under its own name, and touches nothing newer', async () => {
    const disk = new CrashingDisk(FAILED);
    expect(await retryFolder('/q', undefined, options(disk))).toBe(3);
    expect(names(messages(disk.files()))).toEqual(BACK);
    expect(messages(disk.files())).toMatchObject({ 'a.tsv': 'newer' });
    expect(await retryFolder('/q', undefined, options(disk))).toBe(0);
  });

  it('puts back what is named, by its own name or the one it has there', async () => {
    const disk = new CrashingDisk(FAILED);
    expect(await retryFolder('/q', ['a.tsv~77', 'unknown.tsv'], options(disk))).toBe(1);
    expect(Object.values(messages(disk.files()))).toContain('other');
    expect(names(messages(disk.files())).filter((name) => name.endsWith('.error.json'))).toEqual(['failed/a.tsv.error.json']);
    expect(await retryFolder('/q', new Set(['a.tsv']), options(disk))).toBe(1);
    expect(names(messages(disk.files()))).toContain('failed/b.tsv');
  });

  it('loses nothing and doubles nothing wherever it stops, and the next one does the rest', async () => {
    await eachCrash(
      FAILED,
      (fs) => retryFolder('/q', undefined, { fileSystem: fs, clock: hastyClock() }),
      async (left, _, { disk }) => {
        const texts = Object.entries(messages(left)).filter(([path]) => !path.endsWith('.json') && !/stage|notes/.test(path));
        expect(texts.map(([, text]) => text).sort()).toEqual(['a', 'b', 'newer', 'other']);
        await retryFolder('/q', undefined, options(disk));
        expect(names(messages(disk.files()))).toEqual(BACK);
      },
    );
  });

  it('says what the disk refused, and the next one does the rest', async () => {
    const { runs } = await eachError(
      FAILED,
      (fs) => retryFolder('/q', undefined, { fileSystem: fs, clock: hastyClock() }),
      async (_, __, { error, disk }) => {
        if (error !== undefined) expect(error).toBeInstanceOf(WorkQueueError);
        await retryFolder('/q', undefined, options(disk));
        expect(names(messages(disk.files()))).toEqual(BACK);
      },
      { errnos: ['EIO', 'ENOENT', 'EROFS'], spans: ['once'], powerCuts: 1, share: oneIn(1, 24) },
    );
    expect(runs).toBeGreaterThan(bySize({ quick: 2, slow: 60, deep: 60 }));
  });

  it('first ends what was stopped between giving up and removing the claim: of one message there is one', async () => {
    const disk = new CrashingDisk(folderOf({ 'failed/x.tsv': 'x' }));
    await disk.process().link('/q/failed/x.tsv', '/q/x.tsv.etl-1-7-aa-1a3.wip');
    await disk.process().link('/q/failed/x.tsv', '/q/failed/elsewhere');
    expect(await retryFolder('/q', undefined, options(disk))).toBe(1);
    expect(names(messages(disk.files()))).toEqual(['failed/elsewhere', 'x.tsv.<token>a0.again']);
  });

  it('leaves one of each message, wherever it stands still while another one puts it back', async () => {
    for (let call = 1; ; call += 1) {
      const disk = memoryDisk({ '/q/a.tsv.gone-1-0123abcd-1a1.wip': 'rows', '/q/failed/notes.txt': '' });
      await (await ReadableFolderQueue.open('/q', { fileSystem: disk, clock: hastyClock(), watch: false })).dispose();
      await disk.link('/q/a.tsv.gone-1-0123abcd-1a1.wip', '/q/failed/a.tsv');
      const meanwhile = () => retryFolder('/q', undefined, { fileSystem: disk, clock: hastyClock() });
      const fs = sleepyDisk(disk, { call, meanwhile });
      await retryFolder('/q', undefined, { fileSystem: fs, clock: hastyClock() });
      const left = [...(await messagesIn(disk)), ...(await disk.readdir('/q/failed')).filter((name) => name.startsWith('a.tsv'))];
      expect(left, `asleep before ${fs.calls[call - 1]}`).toEqual([expect.stringMatching(/^a\.tsv\..*\.again$/)]);
      if (fs.calls.length < call) return;
    }
  });

  it('puts a whole group back, wherever its giving up was stopped', async () => {
    await eachCrash(
      days('mon'),
      async (fs) => giveUpMonday(fs, GONE),
      async (_, __, { disk }) => {
        const fs = disk.process();
        const queue = await openGroups(fs);
        await queue.retry();
        expect(await keptIn(fs, '/q/failed')).toEqual([]);
        expect((await nextGroup(queue)).files).toHaveLength(3);
      },
      { kinds: ['kill'] },
    );
  });

  it('puts nothing back of a group that somebody is giving up, and all of it then', async () => {
    const whole = sleepyDisk(memoryDisk(days('mon')), { call: 0, meanwhile: async () => undefined });
    await giveUpMonday(whole);
    for (let call = whole.calls.findIndex((made) => made.includes('failing')) + 1; call <= whole.calls.length; call += 1) {
      const memory = memoryDisk(days('mon'));
      const retry = (): Promise<number> => retryFolder('/q', undefined, { fileSystem: memory, clock: hastyClock() });
      const early: number[] = [];
      await giveUpMonday(sleepyDisk(memory, { call, meanwhile: async () => early.push(await retry()) }));
      const late = await retry();
      expect(
        [...early, late].filter((count) => count > 0),
        whole.calls[call - 1],
      ).toEqual([3]);
    }
  });

  it('removes no claim that has by chance the number of a file that was given up on another device', async () => {
    const { fs, twin } = await twoDevices({ '/q/x.txt': '', '/far/failed/a.tsv': 'older' });
    const { context, claim } = await openActor(fs, { failedDir: '/far/failed' });
    await twin('/q/a.tsv', '/far/failed/a.tsv', 'newer');
    const taken = await claim('a.tsv');
    await fs.link('/far/failed/a.tsv', '/far/failed/mine');
    expect(await retryFailed(context, passingCaretaker(1_000), undefined, { force: true })).toBe(1);
    expect(fs.exists(taken.path), 'the claim is there').toBe(true);
    expect(await messagesIn(fs)).toHaveLength(3);
  });

  it('copies from another device, and nobody sees a part of it wherever it stops', async () => {
    const start = new CrashingDisk({ ...folderOf({}), '/far/x.tsv': 'x'.repeat(10), '/far/x.tsv.error.json': report('x.tsv') });
    await eachCrash(
      start,
      (fs) => retryFolder('/q', undefined, far(fs)),
      async (left, _, { disk }) => {
        const found = Object.entries({ ...messages(left), ...below('/far', left) }).filter(([path]) => !path.endsWith('.json'));
        expect(new Set(found.map(([, text]) => text))).toEqual(new Set(['x'.repeat(10)]));
        await retryFolder('/q', undefined, far(disk.process()));
        expect(below('/far', disk.files())).toEqual({});
        expect(Object.values(messages(disk.files())), 'once').toEqual(['x'.repeat(10)]);
        expect(below('/q/.dibs/stages', disk.files())).toEqual({});
      },
    );
  });

  it('from another device that was stopped puts nothing back that was put back, though it be finished and gone', async () => {
    let wereFinished = 0;
    await eachCrash(
      new CrashingDisk({ ...folderOf({}), '/far/x.tsv': 'x' }),
      (fs) => retryFolder('/q', undefined, far(fs)),
      async (left, _, { disk, kind }) => {
        const back = Object.keys(messages(left));
        // Between the link and the rename that says so nothing else tells of it.
        if (kind !== 'kill' || back.length === 0 || Object.keys(left).some((path) => path.includes('/retry.'))) return;
        wereFinished += 1;
        for (const path of back) await disk.process().unlink(`/q/${path}`);
        await retryFolder('/q', undefined, far(disk.process()));
        expect([messages(disk.files()), below('/far', disk.files()), below('/q/.dibs/stages', disk.files())]).toEqual([{}, {}, {}]);
      },
    );
    expect(wereFinished).toBeGreaterThan(2);
  });

  it('crosses real devices', async () => {
    const folder = tempFolder();
    const failedDir = mkdtempSync('/dev/shm/dibs-test-');
    onTestFinished(() => rmSync(failedDir, { recursive: true }));
    writeFileSync(join(failedDir, 'a.tsv'), 'a');
    const queue = await ReadableFolderQueue.open(folder, { failedDir, watch: false });
    expect(await queue.retry()).toBe(1);
    expect(readdirSync(failedDir)).toEqual([]);
    const file = await queue.tryGet();
    expect(file).toMatchObject({ name: 'a.tsv', attempt: 1 });
    expect(readFileSync(file?.path ?? '', 'utf8')).toBe('a');
    await queue.dispose();
  });

  it('refuses names that can not be meant', async () => {
    const disk = new CrashingDisk(FAILED);
    await expect(retryFolder('/q', 'a.tsv', options(disk))).rejects.toThrow(TypeError);
  });
});

describe('failed', () => {
  it('F-33 lists what was given up with its reason, and minds no report that is damaged or missing', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'failed'));
    writeFileSync(join(folder, 'failed', 'damaged.tsv'), '');
    writeFileSync(join(folder, 'failed', 'damaged.tsv.error.json'), '{"name":');
    writeFileSync(join(folder, 'failed', 'missing.tsv'), '');
    writeFileSync(join(folder, 'bad.tsv'), '');
    const queue = await ReadableFolderQueue.open(folder, { maxAttempts: 1, watch: false });
    await (await queue.tryGet())?.fail(new RangeError('too long'));
    const found = await listed(queue.failed());
    expect(found).toEqual([
      {
        name: 'bad.tsv',
        path: join(folder, 'failed', 'bad.tsv'),
        attempts: 1,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        error: { name: 'RangeError', message: 'too long', stack: expect.any(String) },
      },
      { name: 'damaged.tsv', path: join(folder, 'failed', 'damaged.tsv'), attempts: undefined, at: undefined, error: undefined },
      { name: 'missing.tsv', path: join(folder, 'failed', 'missing.tsv'), attempts: undefined, at: undefined, error: undefined },
    ]);
    expect(await queue.retry(['bad.tsv'])).toBe(1);
    expect(readdirSync(join(folder, 'failed')).sort()).toEqual(['damaged.tsv', 'damaged.tsv.error.json', 'missing.tsv']);
    expect(await queue.tryGet()).toMatchObject({ name: 'bad.tsv', attempt: 1 });
    await queue.dispose();
  });
});
