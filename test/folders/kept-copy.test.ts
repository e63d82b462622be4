import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { allClaims } from '../../src/folders/all-claims.ts';
import type { Claim } from '../../src/folders/claimed-message.ts';
import { failedFiles } from '../../src/folders/failed-files.ts';
import { folderContext, type FolderContext, UniqueNames } from '../../src/folders/folder-context.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { passingCaretaker } from '../../src/folders/maintenance.ts';
import { retryFailed } from '../../src/folders/retry-failed.ts';
import { finish, giveUp } from '../../src/folders/settle.ts';
import { forget, takeBack } from '../../src/folders/take-back.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { claimerOf, claimOf } from '../support/bare-claims.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { messagesIn } from '../support/folder-ground.ts';
import { keptIn, textsIn } from '../support/grouped-ground.ts';
import { folderOf } from '../support/folder-scene.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { bySize, oneIn } from '../support/sample.ts';

const FILES = { ...folderOf({ 'a.tsv': 'rows' }), '/far/done/': '', '/far/failed/': '' };
const REASON = { name: 'Error', message: 'no' };
const isFar = (path: string): boolean => path.startsWith('/far/');

/** Somebody without a heartbeat, for whom `/far` is another device. */
async function bare(fs: FileSystem, who: string): Promise<FolderContext> {
  const refuse = (syscall: string, from: string, to: string): void => {
    if (isFar(from) !== isFar(to)) throw errnoError('EXDEV', syscall, from);
  };
  const link: FileSystem['link'] = async (from, to) => (refuse('link', from, to), fs.link(from, to));
  const rename: FileSystem['rename'] = async (from, to) => (refuse('rename', from, to), fs.rename(from, to));
  const far = { ...sleepyDisk(fs, { call: 0, meanwhile: async () => undefined }), link, rename };
  const layout = layoutOf('/q', { doneDir: '/far/done', failedDir: '/far/failed' });
  const rules = { extension: '.tsv', maxAttempts: 9 };
  return folderContext({ fs: far, clock: systemClock, layout, rules, durability: 'power', names: new UniqueNames(who) });
}

const takeBackAll = async (context: FolderContext, who: string): Promise<number> =>
  takeBack(context, await allClaims(context), claimerOf(who));

const notes = async (fs: FileSystem): Promise<string[]> => (await fs.readdir('/q/.dibs/stages')).filter((name) => name.startsWith('copy.'));

const ENDS = {
  done: (context: FolderContext, claim: Claim) => finish(context, claim),
  failed: (context: FolderContext, claim: Claim) => giveUp(context, claim, 'owner-1', REASON),
} as const;

/** Takes back what is left, and works it off: how often it was delivered. */
async function workOff(fs: FileSystem, end: keyof typeof ENDS): Promise<number> {
  const context = await bare(fs, 'judge');
  await takeBackAll(context, 'judge');
  const claim = await claimOf(context, 'judge');
  if (claim !== undefined) expect(await ENDS[end](context, claim)).toBe(true);
  for (const who of ['owner-1', 'judge-1']) await forget(context, who);
  expect(await messagesIn(fs), 'nothing is left').toEqual([]);
  expect(await keptIn(fs, `/far/${end}`), 'one copy').toEqual(['a.tsv']);
  expect(await textsIn(fs, `/far/${end}`)).toEqual(['rows']);
  expect(await notes(fs), 'no note').toEqual([]);
  for await (const { error } of failedFiles(context)) if (claim !== undefined) expect(error?.message).toBe('no');
  return claim === undefined ? 0 : 1;
}

describe.each(Object.keys(ENDS) as (keyof typeof ENDS)[])('a message that is %s on another device', (end) => {
  it('F-08 F-42 has one copy there, wherever it is stopped, and is not delivered again once that is shown', async () => {
    let isTold = false;
    await eachCrash(
      FILES,
      async (fs) => {
        isTold = false;
        const context = await bare(fs, 'owner');
        const claim = await claimOf(context, 'owner');
        if (claim !== undefined) isTold = (await ENDS[end](context, claim)) && !fs.stopped;
      },
      async (left, fs, { kind }) => {
        const isShown = `/far/${end}/a.tsv` in left;
        const deliveries = await workOff(fs, end);
        if (isTold || (isShown && kind === 'kill')) expect(deliveries).toBe(0);
        // A power cut may leave a stage, and nothing that tells of it.
        if (kind === 'kill') expect((await fs.readdir(`/far/${end}`)).filter((name) => name.startsWith('.'))).toEqual([]);
      },
      { limit: bySize({ quick: 8, slow: 64, deep: 64 }), share: oneIn(1) },
    );
  });

  it('F-42 is known again by who is stopped too while he takes it back', async () => {
    const start = new CrashingDisk(FILES);
    const owner = start.process();
    const context = await bare(owner, 'owner');
    const claim = await claimOf(context, 'owner');
    // It stops when the copy is shown, and before its claim goes.
    const unlink: FileSystem['unlink'] = async (path) => (path === claim?.path ? (owner.kill(), owner.unlink(path)) : owner.unlink(path));
    await ENDS[end]({ ...context, fs: { ...context.fs, unlink } }, claim as Claim).catch(() => undefined);
    expect(start.files()).toMatchObject({ [`/far/${end}/a.tsv`]: 'rows' });
    await eachCrash(
      start,
      async (fs) => {
        const second = await bare(fs, 'second');
        await takeBackAll(second, 'second');
        await claimOf(second, 'second');
        await forget(second, 'owner-1');
      },
      async (_left, fs) => expect(await workOff(fs, end)).toBe(0),
      { limit: bySize({ quick: 8, slow: 64, deep: 64 }), share: oneIn(1) },
    );
  });

  it.each(['takes it back', 'takes it back and claims it'])(
    'F-17 is told so if its consumer slept, and another %s meanwhile',
    async (how) => {
      for (let call = 1; ; call += 1) {
        const memory = memoryDisk({ '/q/a.tsv': 'rows' });
        for (const path of ['/q/.dibs/stages', '/far/done', '/far/failed']) await memory.mkdir(path);
        const next = await bare(memory, 'next');
        const owner = await bare(memory, 'owner');
        const claim = await claimOf(owner, 'owner');
        let second: Claim | undefined;
        const meanwhile = async (): Promise<void> => {
          await takeBackAll(next, 'next');
          if (how.endsWith('claims it')) second = await claimOf(next, 'next');
        };
        const fs = sleepyDisk(owner.fs, { call, meanwhile });
        const isOurs = await ENDS[end]({ ...owner, fs }, claim as Claim).catch((error: unknown) => error);
        second ??= await claimOf(next, 'next');
        if (second !== undefined) {
          expect(isOurs, `asleep before call ${call}`).not.toBe(true);
          expect(await ENDS[end](next, second)).toBe(true);
        }
        expect(await messagesIn(memory)).toEqual([]);
        expect(await keptIn(memory, `/far/${end}`), `asleep before call ${call}`).toEqual(['a.tsv']);
        if (fs.calls.length < call) return;
      }
    },
  );
});

it('F-33 what was given up on another device, and its claim not removed, is put back once', async () => {
  await eachCrash(
    FILES,
    async (fs) => {
      const context = await bare(fs, 'owner');
      const claim = await claimOf(context, 'owner');
      if (claim !== undefined) await giveUp(context, claim, 'owner-1', REASON);
    },
    async (left, fs) => {
      if (!('/far/failed/a.tsv' in left)) return;
      const context = await bare(fs, 'judge');
      expect(await retryFailed(context, passingCaretaker(1_000))).toBe(1);
      expect(await messagesIn(fs)).toHaveLength(1);
      expect(await keptIn(fs, '/far/failed')).toEqual([]);
      expect(await workOff(fs, 'done')).toBe(1);
    },
    { kinds: ['kill'] },
  );
});

it('a note of a file that is gone, whose number another one has, says nothing of that', async () => {
  const memory = memoryDisk({ '/q/a.tsv': 'rows', '/far/done/a.tsv': 'older' });
  await memory.mkdir('/q/.dibs/stages');
  const inode = (await memory.lstat('/q/a.tsv'))?.inode;
  await memory.link('/far/done/a.tsv', '/far/done/.stage-x1');
  await memory.link('/far/done/a.tsv', `/q/.dibs/stages/copy.${inode}.x1`);
  const context = await bare(memory, 'next');
  await memory.link('/q/a.tsv', '/elsewhere.tsv');
  expect(await claimOf(context, 'next')).toMatchObject({ name: 'a.tsv' });
});

it.each(['done', 'failed'] as const)('a stage of what is %s that the disk refuses to remove is told of until it is gone', async (end) => {
  const memory = memoryDisk({ '/q/a.tsv': 'rows' });
  await memory.mkdir('/q/.dibs/stages');
  const context = await bare(memory, 'owner');
  const claim = await claimOf(context, 'owner');
  const unlink: FileSystem['unlink'] = async (path) => {
    if (path.includes('.stage-')) throw errnoError('EIO', 'unlink', path);
    return memory.unlink(path);
  };
  const refused = { ...context, fs: { ...context.fs, unlink } };
  expect(await ENDS[end](refused, claim as Claim)).toBe(true);
  await forget(refused, 'owner-1');
  expect(await notes(memory)).toHaveLength(1);
  await forget(context, 'owner-1');
  const stages = (await memory.readdir(`/far/${end}`)).filter((name) => name.startsWith('.'));
  expect([await notes(memory), stages, await keptIn(memory, `/far/${end}`)]).toEqual([[], [], ['a.tsv']]);
});
