import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { allClaims } from '../../src/folders/all-claims.ts';
import { folderContext, type FolderContext, UniqueNames } from '../../src/folders/folder-context.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { takeBack } from '../../src/folders/take-back.ts';
import { type GroupClaim, takeGroup } from '../../src/folders/group-claim.ts';
import { finishGroup, giveUpGroup, putBackGroup } from '../../src/folders/group-settle.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { inFolder, messagesIn, openActor } from '../support/folder-ground.ts';
import { keptIn } from '../support/grouped-ground.ts';
import { powerCuts } from '../support/power-cut.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { bySize, oneIn } from '../support/sample.ts';

const NAMES = ['a.tsv', 'b.tsv', 'c.tsv'];
const FILES = inFolder(Object.fromEntries(NAMES.map((name) => [name, name])));
const REASON = { name: 'Error', message: 'no' };

async function held(fs: FileSystem): Promise<{ readonly context: FolderContext; readonly group: GroupClaim }> {
  const { context, consumer } = await openActor(fs);
  const taken = await takeGroup(context, 'g', NAMES, { consumer: consumer.name, claim: 7 });
  if (taken.kind !== 'claimed') throw new Error(taken.kind);
  return { context, group: taken.claim };
}

const ENDS = {
  finishGroup: (context: FolderContext, group: GroupClaim) => finishGroup(context, group),
  giveUpGroup: (context: FolderContext, group: GroupClaim) => giveUpGroup(context, group, REASON),
  putBackGroup: (context: FolderContext, group: GroupClaim) => putBackGroup(context, group, 1),
} as const;

describe.each(Object.entries(ENDS))('%s', (how, end) => {
  it('F-17 changes nothing when the first was taken back, whatever became of it and of the others', async () => {
    const fs = memoryDisk(FILES);
    const { context, group } = await held(fs);
    await fs.rename(group.first.path, '/q/a.tsv.xa1.again');
    const before = await messagesIn(fs);
    expect(await end(context, group)).toBe(false);
    expect(await messagesIn(fs)).toEqual(before);
    expect(await keptIn(fs, '/q/done')).toEqual([]);
  });

  it('F-40 believes no reply that says that the first is not there, but what is', async () => {
    const memory = memoryDisk(FILES);
    const { context, group } = await held(memory);
    const rename: FileSystem['rename'] = async (from, to) => {
      await memory.rename(from, to);
      await memory.rename(from, to);
    };
    expect(await end({ ...context, fs: { ...memory, rename } }, group)).toBe(true);
    expect((await messagesIn(memory)).filter((file) => file.endsWith('.again'))).toHaveLength(how === 'putBackGroup' ? 3 : 0);
  });

  it('decides by the first before it touches another', async () => {
    const fs = sleepyDisk(memoryDisk(FILES), { call: 0, meanwhile: async () => undefined });
    const { context, group } = await held(fs);
    const before = fs.calls.length;
    expect(await end(context, group)).toBe(true);
    const changes = fs.calls.slice(before).filter((call) => /^(rename|link|unlink)/.test(call));
    expect(changes[0]).toContain(`rename ${group.first.path} → /q/a.tsv.`);
  });
});

/** Without heartbeats: whoever is stopped is dead. */
async function bare(fs: FileSystem, consumer: string, doneDir: string | null): Promise<FolderContext> {
  const layout = layoutOf('/q', { doneDir });
  const rules = { extension: '.tsv', maxAttempts: 9 };
  return folderContext({ fs, clock: systemClock, layout, rules, durability: 'power', names: new UniqueNames(consumer) });
}

/** Somebody works off what is left: the group is delivered whole, or has come to its end. */
async function judge(fs: FileSystem, doneDir: string | null, end: { readonly how: string; readonly isTold: boolean }): Promise<void> {
  const context = await bare(fs, 'judge', doneDir);
  let claim = 0;
  await takeBack(context, await allClaims(context), () => ({ consumer: 'judge-1', claim: (claim += 1) }));
  const ready = await messagesIn(fs);
  if (end.isTold) expect(ready).toEqual(end.how === 'putBackGroup' ? [expect.any(String), expect.any(String), expect.any(String)] : []);
  const files = ready.filter((file) => !file.startsWith('.'));
  const taken = files.length === 0 ? undefined : await takeGroup(context, 'g', files, { consumer: 'judge-1', claim: 0 });
  if (taken !== undefined) {
    expect(files, 'no part of it').toHaveLength(3);
    if (taken.kind !== 'claimed') throw new Error(taken.kind);
    expect(await finishGroup(context, taken.claim)).toBe(true);
  }
  expect(await messagesIn(fs)).toEqual([]);
  const [done, failed] = [await keptIn(fs, '/q/done'), await keptIn(fs, '/q/failed')];
  expect(failed).toEqual(failed.length > 0 ? NAMES : []);
  if (doneDir !== null) expect(done).toEqual(failed.length > 0 ? [] : NAMES);
}

describe.each(['/q/done', null])('with doneDir %s,', (doneDir) => {
  it.each(Object.entries(ENDS))(
    'F-43 %s stopped anywhere, by a kill or by power cuts that undo any of its steps, leaves all or nothing',
    async (how, end) => {
      let isTold = false;
      await eachCrash(
        { ...FILES, '/q/.dibs/': '', '/q/failed/': '', '/q/done/': '' },
        async (fs) => {
          isTold = false;
          const context = await bare(fs, 'owner', doneDir);
          const taken = await takeGroup(context, 'g', NAMES, { consumer: 'owner-1', claim: 1 });
          if (taken.kind === 'claimed') await end(context, taken.claim);
          isTold = !fs.stopped;
        },
        async (_left, fs, crash) => judge(fs, doneDir, { how, isTold: isTold && (crash.kind === 'kill' || how !== 'putBackGroup') }),
        { limit: bySize({ quick: 16, slow: 256, deep: 256 }), share: oneIn(1) },
      );
    },
  );

  it.each(['finished', 'failing'] as const)(
    'F-43 who completes what is %s, which its owner was killed before it was safe, and is stopped too, leaves all or nothing',
    async (state) => {
      const disk = new CrashingDisk({ ...FILES, '/q/.dibs/': '', '/q/failed/': '', '/q/done/': '' });
      const owner = disk.process();
      const taken = await takeGroup(await bare(owner, 'owner', doneDir), 'g', NAMES, { consumer: 'owner-1', claim: 1 });
      if (taken.kind !== 'claimed') throw new Error(taken.kind);
      await owner.syncDirectory('/q');
      await owner.rename(taken.claim.first.path, taken.claim.first.path.replace(/wip$/, state));
      owner.kill();
      await eachCrash(
        disk,
        async (fs) => {
          const context = await bare(fs, 'second', doneDir);
          await takeBack(context, await allClaims(context), () => ({ consumer: 'second-1', claim: 1 }));
        },
        async (_left, fs) => judge(fs, doneDir, { how: state, isTold: false }),
        { limit: bySize({ quick: 16, slow: 256, deep: 256 }), share: oneIn(1) },
      );
    },
  );
});

it.each(['finishGroup', 'giveUpGroup'] as const)('%s has its decision on disk before anything follows from it', async (how) => {
  const disk = new CrashingDisk(FILES);
  const { context, group } = await held(disk.process());
  const decided = `${group.first.path.slice('/q/'.length, -'wip'.length)}${how === 'finishGroup' ? 'finished' : 'failing'}`;
  let looks = 0;
  const look = async (path: string): Promise<void> => {
    if (!/\/(done|failed)(\/|$)/.test(path)) return;
    looks += 1;
    for (const cut of powerCuts(disk, { limit: 16 })) expect(Object.keys(cut.disk.files())).toContain(`/q/${decided}`);
  };
  const fs = context.fs;
  const link: FileSystem['link'] = async (from, to) => {
    if (to.includes('a.tsv')) return fs.link(from, to);
    await look(to);
    return fs.link(from, to);
  };
  const mkdir: FileSystem['mkdir'] = async (path) => (await look(path), fs.mkdir(path));
  const watched: FileSystem = { ...allOf(fs), link, mkdir };
  expect(await ENDS[how]({ ...context, fs: watched }, group)).toBe(true);
  expect(looks).toBeGreaterThan(1);
});

/** A disk whose calls can be put into another. */
function allOf(fs: FileSystem): FileSystem {
  return sleepyDisk(fs, { call: 0, meanwhile: async () => undefined });
}
