import { describe, expect, it } from 'vitest';
import { allClaims } from '../../src/folders/all-claims.ts';
import { failedFiles } from '../../src/folders/failed-files.ts';
import type { FolderContext } from '../../src/folders/folder-context.ts';
import { type GroupClaim, takeGroup } from '../../src/folders/group-claim.ts';
import { notedReason } from '../../src/folders/group-reason.ts';
import { finishGroup, giveUpGroup } from '../../src/folders/group-settle.ts';
import { forget, takeBack } from '../../src/folders/take-back.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { bySize, oneIn } from '../support/sample.ts';
import { inFolder, messagesIn, openActor } from '../support/folder-ground.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { folderOf } from '../support/folder-scene.ts';

const NAMES = ['a.tsv', 'b.tsv', 'c.tsv'];
const MESSAGES = Object.fromEntries(NAMES.map((name) => [name, name]));
const FILES = inFolder(MESSAGES);
const REASON = { name: 'TypeError', message: 'no such column' };

interface Held {
  readonly context: FolderContext;
  readonly group: GroupClaim;
}

async function held(fs: FileSystem): Promise<Held> {
  const { context } = await openActor(fs);
  const taken = await takeGroup(context, 'g', NAMES, { consumer: 'owner-1', claim: 7 });
  if (taken.kind !== 'claimed') throw new Error(taken.kind);
  return { context, group: taken.claim };
}

async function completeAll(fs: FileSystem): Promise<FolderContext> {
  const { context } = await openActor(fs);
  let claim = 0;
  await takeBack(context, await allClaims(context), () => ({ consumer: 'next-1', claim: (claim += 1) }));
  await forget(context, 'owner-1');
  return context;
}

const notes = async (fs: FileSystem): Promise<string[]> =>
  (await fs.readdir('/q/.dibs/stages')).filter((name) => name.startsWith('reason.'));

async function reasons(context: FolderContext): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, error } of failedFiles(context)) found.push(`${name} ${error?.name}: ${error?.message}`);
  return found;
}

const ALL = NAMES.map((name) => `${name} TypeError: no such column`);

describe('the reason for which a group is given up', () => {
  it('F-43 F-33 is beside each of its files, wherever its consumer is stopped and whoever completes it', async () => {
    const start = new CrashingDisk(folderOf(MESSAGES));
    await eachCrash(
      start,
      async (fs) => {
        const { context, group } = await held(fs);
        await giveUpGroup(context, group, REASON);
      },
      async (_left, fs) => {
        const context = await completeAll(fs);
        const failed = await reasons(context);
        expect(failed).toEqual(failed.length > 0 ? ALL : []);
        expect(await messagesIn(fs)).toHaveLength(failed.length > 0 ? 0 : 3);
        expect(await notes(fs), 'no note is left').toEqual([]);
      },
      { limit: bySize({ quick: 2, slow: 4, deep: 16 }), share: oneIn(1) },
    );
  });

  it('F-43 is found by who completes for another that was stopped while it completed', async () => {
    const start = new CrashingDisk(folderOf(MESSAGES));
    const owner = start.process();
    const { context, group } = await held(owner);
    // It stops once it has decided.
    const link = (): Promise<never> => Promise.reject(errnoError('EIO', 'link', ''));
    const refusing = new Proxy(context.fs, { get: (fs, key) => (key === 'link' ? link : Reflect.get(fs, key)?.bind(fs)) });
    await expect(giveUpGroup({ ...context, fs: refusing }, group, REASON)).rejects.toMatchObject({ code: 'EIO' });
    owner.kill();
    await eachCrash(start, completeAll, async (_left, fs) => {
      expect(await reasons(await completeAll(fs))).toEqual(ALL);
      expect(await notes(fs)).toEqual([]);
    }, { limit: bySize({ quick: 2, slow: 4, deep: 16 }), share: oneIn(1) }); // prettier-ignore
  });

  it('is forgotten when the group was taken back before, or is finished after all', async () => {
    const fs = memoryDisk(FILES);
    const { context, group } = await held(fs);
    await fs.rename(group.first.path, '/q/a.tsv.xa1.again');
    expect(await giveUpGroup(context, group, REASON)).toBe(false);
    expect(await notes(fs)).toEqual([]);
    await fs.rename('/q/a.tsv.xa1.again', group.first.path);
    const faulty = new FaultyDisk(fs, { faults: [{ at: ({ operation, to }) => operation === 'rename' && to?.endsWith('.failing') === true, errno: 'EIO' }] }); // prettier-ignore
    await expect(giveUpGroup({ ...context, fs: faulty }, group, REASON)).rejects.toMatchObject({ code: 'EIO' });
    expect(await notes(fs)).toEqual([]);
    expect(await finishGroup(context, group)).toBe(true);
  });

  it('is lost on a disk that is full, or whose note is damaged, and the group is given up all the same', async () => {
    const fs = memoryDisk(FILES);
    const { context, group } = await held(fs);
    const open: FileSystem['open'] = async (path, mode) => {
      if (path.includes('/reason.')) throw errnoError('ENOSPC', 'open', path);
      return fs.open(path, mode);
    };
    expect(await giveUpGroup({ ...context, fs: { ...fs, open } }, group, REASON)).toBe(true);
    expect(await reasons(context)).toEqual(ALL);
    const file = await fs.open('/q/.dibs/stages/reason.x-1', 'append');
    file.write(new TextEncoder().encode('{"na'), 0, 4);
    file.close();
    expect(await notedReason(context, { consumer: 'x', claim: 1 })).toBeUndefined();
  });
});
