import { describe, expect, it } from 'vitest';
import { allClaims } from '../../src/folders/all-claims.ts';
import type { FolderContext } from '../../src/folders/folder-context.ts';
import { type GroupClaim, takeGroup } from '../../src/folders/group-claim.ts';
import { finishGroup, giveUpGroup, putBackGroup } from '../../src/folders/group-settle.ts';
import { takeBack } from '../../src/folders/take-back.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { inFolder, messagesIn, openActor } from '../support/folder-ground.ts';
import { keptIn } from '../support/grouped-ground.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { withLink } from '../support/with-link.ts';

const NAMES = ['a.tsv', 'b.tsv', 'c.tsv'];
const FILES = inFolder(Object.fromEntries(NAMES.map((name) => [name, name])));

interface Scene {
  readonly owner: FolderContext;
  readonly group: GroupClaim;
}

/** Somebody has the group. */
async function held(fs: FileSystem): Promise<Scene> {
  const { context, consumer } = await openActor(fs);
  const taken = await takeGroup(context, 'g', NAMES, { consumer: consumer.name, claim: 7 });
  if (taken.kind !== 'claimed') throw new Error(taken.kind);
  return { owner: context, group: taken.claim };
}

let claims = 0;
const claimer = () => ({ consumer: 'taker-1', claim: (claims += 1) });

/** Takes back what one look shows, or what is left of it. */
async function takeBackAll(fs: FileSystem, keep: (file: string) => boolean = () => true): Promise<number> {
  const { context } = await openActor(fs);
  const seen = (await allClaims(context)).filter(({ file }) => keep(file));
  return takeBack(context, seen, claimer);
}

const left = async (fs: FileSystem): Promise<string[]> =>
  (await messagesIn(fs)).map((file) => file.replace(/\.[0-9a-z]+a(\d+)\.again$/, '#$1'));

const BACK = NAMES.map((name) => `${name}#1`);

describe('takeBack', () => {
  it('brings a group back as a whole, its attempt counted, the first last', async () => {
    const memory = memoryDisk(FILES);
    await held(memory);
    const fs = sleepyDisk(memory, { call: 0, meanwhile: async () => undefined });
    expect(await takeBackAll(fs)).toBe(3);
    expect(await left(memory)).toEqual(BACK);
    const renames = fs.calls.filter((call) => call.startsWith('rename')).map((call) => call.split(' → ')[1] ?? '');
    expect(renames[0]).toMatch(/^\/q\/a\.tsv\.taker-1-\d+a1\.wip$/);
    expect(renames.slice(1).map((to) => to.slice(3, 8))).toEqual(['b.tsv', 'c.tsv', 'a.tsv']);
  });

  it.each(['finished', 'failing'] as const)('completes a group that is %s, whichever of it was seen', async (state) => {
    for (const seen of NAMES) {
      const fs = memoryDisk(FILES);
      const { group } = await held(fs);
      await fs.rename(group.first.path, group.first.path.replace(/wip$/, state));
      await takeBackAll(fs, (file) => file.startsWith(seen));
      expect(await left(fs), seen).toEqual([]);
      expect(await keptIn(fs, state === 'finished' ? '/q/done' : '/q/failed'), seen).toEqual(NAMES);
    }
  });

  it('brings members back one by one whose first is nowhere', async () => {
    const fs = memoryDisk(FILES);
    const { group } = await held(fs);
    await fs.unlink(group.first.path);
    expect(await takeBackAll(fs)).toBe(2);
    expect(await left(fs)).toEqual(['b.tsv#1', 'c.tsv#1']);
  });

  it('takes what was given back, or is somebody else’s by now, for what it is', async () => {
    const fs = memoryDisk(FILES);
    const { owner, group } = await held(fs);
    const { context } = await openActor(fs);
    const seen = await allClaims(context);
    await putBackGroup(owner, group, 0);
    const ready = await messagesIn(fs);
    const next = await takeGroup(owner, 'g', ready, { consumer: 'next', claim: 1 });
    expect(next.kind).toBe('claimed');
    expect(await takeBack(context, seen, claimer)).toBe(0);
    expect((await messagesIn(fs)).filter((file) => file.includes('.next-1a1.wip'))).toHaveLength(3);
  });

  it('does not bring back what was finished already, and of which only the claim is left', async () => {
    const fs = memoryDisk(FILES);
    const { group } = await held(fs);
    await fs.mkdir('/q/done');
    // A power cut may keep that the first went, and not that the others did.
    for (const { name, path } of group.others) await fs.link(path, `/q/done/${name}`);
    await fs.rename(group.first.path, '/q/done/a.tsv');
    expect(await takeBackAll(fs)).toBe(2);
    expect(await left(fs)).toEqual([]);
    expect(await keptIn(fs, '/q/done')).toEqual(NAMES);
  });

  it('lists the folder as often for many groups as for one, and not at all for none', async () => {
    const counts: number[] = [];
    for (const groups of [0, 1, 50]) {
      const memory = memoryDisk(inFolder(Object.fromEntries(Array.from({ length: groups }, (_, index) => [`a${index}.tsv.dead-${index + 1}a1.wip`, '']).concat(Array.from({ length: groups }, (_, index) => [`b${index}.tsv.dead-${index + 1}a1.wip`, '']))))); // prettier-ignore
      const fs = sleepyDisk(memory, { call: 0, meanwhile: async () => undefined });
      expect(await takeBackAll(fs)).toBe(groups * 2);
      counts.push(fs.calls.filter((call) => call.startsWith('scan')).length);
    }
    expect(counts).toEqual([1, 4, 4]);
  });
});

describe('F-28 a listing that shows a file which is being renamed under neither name does no harm:', () => {
  /** Listings of which each misses what is renamed in the middle of it. */
  function blindTo(
    fs: FileSystem,
    happenings: ReadonlyMap<number, { readonly act: () => Promise<unknown>; readonly hides: string }>,
  ): FileSystem {
    let scans = 0;
    return {
      ...withLink(fs, () => undefined),
      async scan(path, visit) {
        scans += 1;
        const happens = happenings.get(scans);
        await happens?.act();
        await fs.scan(path, (name, kind) => (happens !== undefined && name.startsWith(happens.hides) ? undefined : visit(name, kind)));
      },
    };
  }

  it('the first is seen by another, and taken before the others are touched', async () => {
    const memory = memoryDisk(FILES);
    const { owner, group } = await held(memory);
    await takeBackAll(blindTo(memory, new Map([[1, { act: async () => undefined, hides: 'a.tsv' }]])));
    expect(await left(memory)).toEqual(BACK);
    expect(await finishGroup(owner, group)).toBe(false);
    expect(await left(memory)).toEqual(BACK);
  });

  it.each([
    ['done', async ({ owner, group }: Scene) => finishGroup(owner, group), '/q/done'],
    ['given up', async ({ owner, group }: Scene) => giveUpGroup(owner, group, { name: 'Error', message: 'no' }), '/q/failed'],
  ] as const)('a group is %s by its owner meanwhile, which is taken for dead and slow', async (_how, end, directory) => {
    const memory = memoryDisk(FILES);
    const scene = await held(memory);
    // It stands still once it has decided.
    let isSlow = true;
    const decide = async (): Promise<void> => {
      const slow = withLink(memory, () => (isSlow ? 'EIO' : undefined));
      await end({ ...scene, owner: { ...scene.owner, fs: slow } }).catch(() => undefined);
    };
    const happenings = new Map([
      [1, { act: async () => undefined, hides: 'a.tsv' }],
      [2, { act: decide, hides: 'a.tsv' }],
    ]);
    await takeBackAll(blindTo(memory, happenings));
    isSlow = false;
    expect(await end(scene)).toBe(true);
    expect(await left(memory)).toEqual([]);
    expect(await keptIn(memory, directory)).toEqual(NAMES);
  });
});
