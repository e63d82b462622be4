import { describe, expect, it } from 'vitest';
import { ClaimLostError, WorkQueueError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ClaimedGroup } from '../../src/queues/claimed-group.ts';
import type { GroupedFolderQueueOptions } from '../../src/queues/folder-options.ts';
import type { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { ALL_ERRNOS, eachError, type ErrorOptions } from '../support/each-error.ts';
import type { Fault } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { days, doAllGroups, heldByTheDead, nextGroup, openGroups, textOf, textsIn } from '../support/grouped-ground.ts';
import { inFolder, messagesIn, said } from '../support/folder-ground.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, DEEP, oneIn } from '../support/sample.ts';

/** What no disk of this machine says unless it is so. */
const LIES: readonly string[] = ['EXDEV', 'ENOENT', 'EEXIST'];
const REFUSALS = ALL_ERRNOS.filter((errno) => !LIES.includes(errno));
const FILES = { ...days('mon', 'tue'), ...inFolder(said(1, 'helo', 'done')) };
const TEXTS = Object.values(days('mon', 'tue'));

type Settle = (group: ClaimedGroup) => Promise<void>;

/** A careful program: what the disk refuses it tries again when the disk is well. */
class Survivor {
  readonly ended = new Set<string>();
  readonly #fs: FaultyDisk;
  readonly #options: Partial<GroupedFolderQueueOptions>;

  constructor(fs: FaultyDisk, options: Partial<GroupedFolderQueueOptions>) {
    this.#fs = fs;
    this.#options = options;
  }

  async work(settle: Settle): Promise<void> {
    const queue = await this.#open();
    const unsettled: ClaimedGroup[] = [];
    for (let time = 0; time < 4; time += 1) {
      const group = await queue.get({ timeoutMs: 2_000 }).catch(refused);
      if (group === undefined) continue;
      this.#check(group);
      await this.#settle(group, settle);
      if (group.hold.state === 'taken') unsettled.push(group);
    }
    this.#fs.heal();
    for (const group of unsettled) await this.#settle(group, settle);
    for (let group = await queue.get(); group !== undefined; group = await queue.get()) {
      this.#check(group);
      await group.done();
      this.ended.add(group.group);
    }
    expect(queue.incomplete).toEqual([]);
    await queue.dispose();
    expect(await messagesIn(this.#fs), 'all came to its end').toEqual([]);
  }

  async #open(): Promise<GroupedFolderQueue> {
    try {
      return await openGroups(mortal(this.#fs), this.#options);
    } catch (error) {
      refused(error);
      this.#fs.heal();
      return openGroups(mortal(this.#fs), this.#options);
    }
  }

  async #settle(group: ClaimedGroup, settle: Settle): Promise<void> {
    try {
      await settle(group);
      if (group.hold.state === 'done') this.ended.add(group.group);
    } catch (error) {
      refused(error);
      if (error instanceof ClaimLostError) expect(group.signal.aborted).toBe(true);
    }
  }

  #check({ group, files }: ClaimedGroup): void {
    expect(this.ended, 'done is done').not.toContain(group);
    expect(files.map(({ name }) => name)).toEqual(TEXTS.filter((name) => name.startsWith(group)));
  }
}

function refused(error: unknown): undefined {
  expect(error).toBeInstanceOf(WorkQueueError);
}

/** Another one finds what is left, and all that was to be done is done, each file once. */
async function judge(fs: FileSystem, survivor: Survivor, options: Partial<GroupedFolderQueueOptions>, mayFail: boolean): Promise<void> {
  const queue = await openGroups(fs, options);
  for (const group of await doAllGroups(queue)) expect(survivor.ended).not.toContain(group.split('#')[0]);
  expect(queue.incomplete).toEqual([]);
  await queue.dispose();
  expect(await messagesIn(fs)).toEqual([]);
  const [done, failed] = [await textsIn(fs, '/q/done'), await textsIn(fs, '/q/failed')];
  if (!mayFail) expect(failed).toEqual([]);
  if (options.doneDir !== null) expect([...done, ...failed].toSorted()).toEqual(TEXTS);
  for (const group of ['mon', 'tue']) expect([0, 3]).toContain(failed.filter((text) => text.startsWith(group)).length);
  for (const name of done) expect(await textOf(fs, `/q/done/${name}`)).toBe(name);
}

interface Plan {
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Partial<GroupedFolderQueueOptions>;
  readonly mayFail?: boolean;
  readonly errors?: ErrorOptions;
  /** So many calls there are to fail. */
  readonly least?: number;
}

async function eachRefusal(
  settle: Settle,
  { files = FILES, options = {}, mayFail = false, errors = {}, least = 20 }: Plan = {},
): Promise<void> {
  let survivor: Survivor | undefined;
  const { cases, runs } = await eachError(
    files,
    async (fs) => {
      survivor = new Survivor(fs, options);
      await survivor.work(settle);
    },
    async (_left, fs, { error }) => {
      if (error !== undefined) throw error;
      if (survivor !== undefined) await judge(fs, survivor, options, mayFail);
    },
    {
      errnos: DEEP ? REFUSALS : ['EIO'],
      powerCuts: 1,
      share: oneIn(2, 48),
      calls: ({ path, operation }) => !path.includes('/.dibs/') && operation !== 'isLocal',
      ledger: () => JSON.stringify([...(survivor?.ended ?? [])]),
      likeness: (text) => text.replace(/-[0-9a-f]{8}\b/g, '').replace(/[0-9a-z]{12,}/g, ''),
      ...errors,
    },
  );
  expect(cases).toBeGreaterThan(least);
  expect(runs).toBeGreaterThan(bySize({ quick: 0, slow: cases / 3, deep: cases - 1 }));
}

describe('whatever call the disk refuses, no group is lost, or comes in parts, or again when it was done:', () => {
  it('done', async () => {
    await eachRefusal((group) => group.done());
  });

  it('done with doneDir null', async () => {
    await eachRefusal((group) => group.done(), { options: { doneDir: null } });
  });

  it('F-40 done, whose reply is lost', async () => {
    await eachRefusal((group) => group.done(), { errors: { errnos: ['ENOENT', 'EEXIST'], replies: ['after'], shortWrites: false } });
  });

  it('F-03 done, where no link leads from some call on', async () => {
    const calls: ErrorOptions['calls'] = ({ operation }) => operation === 'link';
    await eachRefusal((group) => group.done(), {
      errors: { errnos: ['EXDEV'], replies: ['before'], spans: ['from now on'], calls },
      least: 2,
    });
  });

  it('release, and done the next time', async () => {
    let count = 0;
    await eachRefusal((group) => ((count += 1) % 2 === 0 ? group.done() : group.release()));
  });

  it('fail, up to giving up', async () => {
    await eachRefusal((group) => group.fail(new Error('no')), { options: { maxAttempts: 2 }, mayFail: true });
  });

  it.each(['wip', 'finished', 'failing'] as const)('taking back from a dead one: %s', async (state) => {
    // A disk that says of each rename that it failed, though it did not, uses attempts up.
    await eachRefusal((group) => group.done(), { files: await heldByTheDead(FILES, state), mayFail: state !== 'finished' });
  });
});

describe('what a refusal left behind when its reader was disposed', () => {
  /** A reader to whom the disk refuses whatever `at` says, and another one, for neither of whom any time passes. */
  async function meet(
    at: Fault['at'],
    act: (queue: GroupedFolderQueue) => Promise<unknown>,
  ): Promise<readonly [FileSystem, GroupedFolderQueue]> {
    const disk = memoryDisk(days('mon'));
    const clock = manualClock();
    const queue = await openGroups(new FaultyDisk(disk, { faults: [{ at, errno: 'EIO' }] }), { clock });
    await expect(act(queue)).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EIO' });
    // What is refused still is told once more.
    await queue.dispose().catch(refused);
    return [disk, await openGroups(disk, { clock })];
  }

  it('of a claim is had by another at once', async () => {
    const [, other] = await meet(
      ({ operation, to }) => operation === 'rename' && /north.*wip$/.test(to ?? ''),
      (queue) => queue.tryGet(),
    );
    expect((await other.tryGet())?.group).toBe('mon');
    await other.dispose();
  });

  it('of a group that was finished is brought to its end by another at once', async () => {
    const [disk, other] = await meet(
      ({ operation, path }) => operation === 'link' && /north.*wip$/.test(path),
      async (queue) => (await nextGroup(queue)).done(),
    );
    expect(await other.tryGet()).toBeUndefined();
    await other.dispose();
    expect((await disk.readdir('/q/done')).length).toBe(3);
  });
});

describe('a reader to whom the disk refused a part of a group', () => {
  const faults: readonly Fault[] = [{ at: ({ operation, to }) => operation === 'rename' && /south.*wip$/.test(to ?? ''), errno: 'EACCES' }];

  it('has nothing of it, so another one that is let have all of it gets it while the first one lives', async () => {
    const disk = memoryDisk(days('mon'));
    const clock = manualClock();
    const queue = await openGroups(new FaultyDisk(disk, { faults }), { clock });
    await expect(queue.tryGet()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EACCES' });
    const other = await openGroups(disk, { clock });
    expect(await other.tryGet()).toMatchObject({ group: 'mon', attempt: 1 });
    await other.dispose();
    await queue.dispose();
  });

  it('gets it when the disk is well: what it never had in hands was no attempt', async () => {
    const disk = new FaultyDisk(memoryDisk(days('mon')), { faults });
    const queue = await openGroups(disk, { clock: manualClock(), maxAttempts: 1 });
    await expect(queue.tryGet()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EACCES' });
    disk.heal();
    expect(await queue.tryGet()).toMatchObject({ group: 'mon', attempt: 1 });
    await queue.dispose();
  });
});

describe('a group whose end was decided, and then refused', () => {
  /** No file of it can be shown where it is to go, until the disk is healed. */
  async function refused(end: 'done' | 'fail') {
    const memory = memoryDisk(days('mon'));
    const disk = new FaultyDisk(memory, {
      faults: [{ at: ({ operation, to }) => operation === 'link' && /done|failed/.test(to ?? ''), errno: 'ENOSPC' }],
    });
    const clock = manualClock();
    const queue = await openGroups(disk, { clock, maxAttempts: 1, leaseMs: 500 });
    const group = await nextGroup(queue);
    const settle: Settle = end === 'done' ? (one) => one.done() : (one) => one.fail(new Error('no'));
    await expect(settle(group)).rejects.toMatchObject({ code: 'ERR_DISK' });
    const isEnded = async (): Promise<void> => {
      expect([await messagesIn(memory), await textsIn(memory, end === 'done' ? '/q/done' : '/q/failed')]).toEqual([[], Object.keys(DAY)]);
    };
    return { disk, clock, queue, group, settle, isEnded };
  }

  const DAY = Object.fromEntries(Object.keys(days('mon')).map((path) => [path.slice('/q/'.length), '']));

  it.each(['done', 'fail'] as const)('stays with its holder, beat after beat, and the same end completes it: %s', async (end) => {
    const { disk, clock, queue, group, settle, isEnded } = await refused(end);
    for (let beat = 0; beat < 4; beat += 1) await clock.advance(100);
    expect([group.signal.aborted, group.path.endsWith('wip')]).toEqual([false, false]);
    disk.heal();
    await settle(group);
    await isEnded();
    await queue.dispose();
  });

  it.each([
    { end: 'done', next: 'fail' },
    { end: 'done', next: 'release' },
    { end: 'fail', next: 'done' },
    { end: 'fail', next: 'release' },
  ] as const)('stands: $next after $end is told how it ended, and completes it', async ({ end, next }) => {
    const { disk, queue, group, isEnded } = await refused(end);
    disk.heal();
    const ended = next === 'fail' ? group.fail(new Error('other')) : group[next]();
    await expect(ended).rejects.toMatchObject({ code: 'ERR_ITEM_SETTLED', before: end === 'done' ? 'done' : 'failed' });
    await isEnded();
    await queue.dispose();
  });

  it.each(['done', 'fail'] as const)('is completed when its reader gives back what it holds: %s', async (end) => {
    const { disk, queue, isEnded } = await refused(end);
    disk.heal();
    await queue.dispose();
    await isEnded();
  });
});
