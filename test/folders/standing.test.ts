import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { allClaims } from '../../src/folders/all-claims.ts';
import type { Claim } from '../../src/folders/claimed-message.ts';
import { type FolderContext, folderContext, UniqueNames } from '../../src/folders/folder-context.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { finish, giveUp } from '../../src/folders/settle.ts';
import { takeBack } from '../../src/folders/take-back.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { claimerOf, claimOf } from '../support/bare-claims.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { messagesIn, openReader } from '../support/folder-ground.ts';
import { folderOf } from '../support/folder-scene.ts';
import { bySize, oneIn } from '../support/sample.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const FILES = folderOf({ 'a.tsv': 'rows', 'done/': '', 'failed/': '' });
const REASON = { name: 'Error', message: 'no' };
const NOT_ASLEEP = { call: 0, meanwhile: async () => undefined };

async function bare(fs: FileSystem, who: string): Promise<FolderContext> {
  const rules = { extension: '.tsv', maxAttempts: 9 };
  return folderContext({ fs, clock: systemClock, layout: layoutOf('/q', {}), rules, durability: 'power', names: new UniqueNames(who) });
}

/** Its sync is refused once, so that the file is shown and nobody was told so. */
function refusingSync(fs: FileSystem, directory: string): FileSystem {
  let isRefused = false;
  const syncDirectory: FileSystem['syncDirectory'] = async (path) => {
    if (isRefused || path !== directory) return fs.syncDirectory(path);
    isRefused = true;
    throw errnoError('EIO', 'fsync', path);
  };
  return { ...sleepyDisk(fs, NOT_ASLEEP), syncDirectory };
}

const ENDS = {
  done: { directory: '/q/done', end: (context: FolderContext, claim: Claim) => finish(context, claim) },
  failed: { directory: '/q/failed', end: (context: FolderContext, claim: Claim) => giveUp(context, claim, 'owner-1', REASON) },
} as const;

type End = keyof typeof ENDS;
const CHANGES: readonly { first: End; next: End }[] = [
  { first: 'failed', next: 'done' },
  { first: 'done', next: 'failed' },
];

/** Where the message lies, once all who had it were found dead. */
async function placesOf(fs: FileSystem): Promise<string[]> {
  const context = await bare(fs, 'judge');
  await takeBack(context, await allClaims(context), claimerOf('judge'));
  const ready = await claimOf(context, 'judge');
  const kept = async (end: End): Promise<string[]> =>
    (await fs.readdir(ENDS[end].directory)).filter((name) => name.startsWith('a.tsv') && !name.endsWith('.json')).map(() => end);
  return [...(ready === undefined ? [] : ['ready']), ...(await kept('done')), ...(await kept('failed'))];
}

async function refuse(context: FolderContext, claim: Claim, first: End): Promise<void> {
  const { end, directory } = ENDS[first];
  await end({ ...context, fs: refusingSync(context.fs, directory) }, claim).catch(() => undefined);
}

describe.each(CHANGES)('a message that is shown as $first, which was refused, and is to be $next', ({ first, next }) => {
  it('F-42 lies in one place, wherever it is stopped, and stands as it was shown once that is told', async () => {
    let told: unknown;
    await eachCrash(
      FILES,
      async (fs) => {
        told = undefined;
        const context = await bare(fs, 'owner');
        const claim = await claimOf(context, 'owner');
        if (claim === undefined) return;
        await refuse(context, claim, first);
        const ended = await ENDS[next].end(context, claim);
        if (!fs.stopped) told = ended;
      },
      async (_, fs) => {
        const places = await placesOf(fs);
        expect(places).toHaveLength(1);
        if (told !== undefined) expect([told, places]).toEqual([first, [first]]);
      },
      { limit: bySize({ quick: 8, slow: 64, deep: 64 }), share: oneIn(1) },
    );
  });

  it('is neither lost nor in two places when its owner sleeps before any call, and it is taken back meanwhile', async () => {
    for (let call = 1; ; call += 1) {
      const memory = sleepyDisk(new CrashingDisk(FILES).process(), NOT_ASLEEP);
      const owner = await bare(memory, 'owner');
      const claim = await claimOf(owner, 'owner');
      if (claim === undefined) throw new Error('nothing to claim');
      await refuse(owner, claim, first);
      let seen: string[] = [];
      const fs = sleepyDisk(memory, { call, meanwhile: async () => (seen = await placesOf(memory)) });
      await ENDS[next].end({ ...owner, fs }, claim).catch(() => undefined);
      const left = await placesOf(memory);
      expect([seen.length <= 1, left.length], `asleep before ${fs.calls[call - 1]}`).toEqual([true, 1]);
      if (fs.calls.length < call) return;
    }
  });
});

describe('a file that was to be given up for good, which was refused after it was shown', () => {
  async function refused() {
    const memory = memoryDisk({ '/q/a.tsv': 'rows' });
    let isRefusing = false;
    const syncDirectory: FileSystem['syncDirectory'] = async (path) => {
      if (isRefusing && path === '/q/failed') throw errnoError('EIO', 'fsync', path);
      return memory.syncDirectory(path);
    };
    const queue = await openReader({ ...memory, syncDirectory }, { maxAttempts: 1 });
    const file = await queue.tryGet();
    if (file === undefined) throw new Error('nothing there');
    isRefusing = true;
    await expect(file.fail(new Error('no'))).rejects.toMatchObject({ code: 'ERR_DISK' });
    isRefusing = false;
    expect(await memory.readdir('/q/failed')).toContain('a.tsv');
    return { memory, queue, file };
  }

  const isGivenUp = async (memory: FileSystem): Promise<void> => {
    const kept = (await memory.readdir('/q/failed')).filter((name) => !name.endsWith('.json'));
    expect([kept, await messagesIn(memory), memory.exists('/q/done/a.tsv')]).toEqual([['a.tsv'], [], false]);
  };

  it.each(['release', 'done'] as const)('stands: %s is told that it is failed', async (operation) => {
    const { memory, queue, file } = await refused();
    await expect(file[operation]()).rejects.toMatchObject({ code: 'ERR_ITEM_SETTLED', before: 'failed' });
    await isGivenUp(memory);
    expect(await queue.tryGet()).toBeUndefined();
    await queue.dispose();
    await isGivenUp(memory);
  });

  it('stands: who moved the file away is told that it is failed', async () => {
    const { memory, queue, file } = await refused();
    await memory.rename(file.path, '/archive.tsv');
    await expect(file.done({ moved: true })).rejects.toMatchObject({ code: 'ERR_ITEM_SETTLED', before: 'failed' });
    await isGivenUp(memory);
    await queue.dispose();
  });

  it('stands when its reader gives back what it holds, and comes to its end', async () => {
    const { memory, queue } = await refused();
    await queue.dispose();
    await isGivenUp(memory);
  });

  it('is given up once it is so again', async () => {
    const { memory, queue, file } = await refused();
    await file.fail(new Error('no'));
    await isGivenUp(memory);
    expect(await memory.readdir('/q/failed')).toContain('a.tsv.error.json');
    await queue.dispose();
  });
});
