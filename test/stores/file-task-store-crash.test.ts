import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { TASK_STATUSES } from '../../src/machines/task-lifecycle.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { SeenTask, TaskClaim, TaskClaimOptions, TaskStore } from '../../src/stores/store.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { type Crash, eachCrash } from '../support/each-crash.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, oneIn } from '../support/sample.ts';
import { expectAllowedStatesOn } from '../support/store-states.ts';
import { withLink } from '../support/with-link.ts';

/** What was told of ends, by whoever told it. */
type Told = string[];

/** Every look takes a while: who does not beat is found dead after a few. */
async function open(fs: FileSystem, told: Told = []): Promise<TaskStore> {
  const store = new FileStore('file:/s', { fileSystem: fs, clock: hastyClock({ ticksMs: 5_000 }) });
  return store.tasks('tasks', 'jobs', { leaseMs: 30_000, settled: async (id, place) => void told.push(`${id} ${place}`) });
}

/** As it is once it is known whether its holder lives. */
async function seen(tasks: TaskStore): Promise<SeenTask | undefined> {
  for (let looks = 1; ; looks += 1) {
    const found = await tasks.read('a');
    if (found?.kind === 'damaged') throw new Error(`It is damaged: ${found.reason}`);
    if (found?.holder?.standing !== 'silent' || looks === 20) return found;
  }
}

async function claimed(tasks: TaskStore, options?: TaskClaimOptions): Promise<TaskClaim> {
  const found = await seen(tasks);
  const claim = found && (await tasks.claim(found, 'running', options));
  if (claim === undefined) throw new Error('It was not claimed.');
  return claim;
}

/** A disk with what was done on it, all of it safe. */
async function prepared(work: (tasks: TaskStore) => Promise<unknown> = async () => undefined): Promise<CrashingDisk> {
  const disk = new CrashingDisk();
  await work(await open(mortal(disk.process())));
  const folders = ['.dibs/ids', '.dibs/stages', '.dibs/checkpoints', '.dibs/consumers', ...TASK_STATUSES];
  return new CrashingDisk({ ...Object.fromEntries(folders.map((one) => [`/s/tasks/jobs/${one}/`, ''])), ...disk.files() });
}

const likeness = (files: string): string => files.replaceAll(/vm?[a-z0-9-]*-\d+-[0-9a-f]{8}|[0-9a-f]{10,}[0-9a-z]*/g, '*');
const OPTIONS = { limit: bySize({ quick: 3, slow: 12, deep: 48 }), share: oneIn(5), likeness } as const;

/** Every record of the task, wherever anybody looks for one. */
function recordsOf(left: Readonly<Record<string, string>>, id = 'a'): string[] {
  return Object.keys(left).filter(
    (path) => /^\/s\/tasks\/jobs\/[0-9a-z-]+\//.test(path) && path.slice(path.lastIndexOf('/') + 1).startsWith(id),
  );
}

/** The task as the next process finds it: in one place, whatever is looked at. */
async function found(fs: FileSystem, disk: CrashingDisk, told: Told = []): Promise<SeenTask | undefined> {
  const tasks = await open(fs, told);
  const one = await seen(tasks);
  expect(recordsOf(disk.files())).toHaveLength(one === undefined ? 0 : 1);
  const counts = await tasks.counts();
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(one === undefined ? 0 : 1);
  return one;
}

/** What a stop left is worked on as if nothing had been. */
async function worksOn(fs: FileSystem, disk: CrashingDisk): Promise<void> {
  const tasks = await open(fs);
  const isThere = (await tasks.read('a')) !== undefined;
  expect(await tasks.create('a', 'pending', { n: 0 })).toBe(!isThere);
  expect(await tasks.settle(await claimed(tasks), 'succeeded', { n: 9 })).toBe(true);
  expect(await found(fs, disk)).toMatchObject({ place: 'succeeded', fields: { n: 9 }, holder: undefined });
  expect(await tasks.discard(await claimed(tasks))).toBe(true);
  expect(await found(fs, disk)).toBeUndefined();
  expect(await tasks.create('a', 'pending', { n: 1 })).toBe(true);
}

/** What the next process has to find. */
type Judge = (one: SeenTask | undefined, was: { readonly acknowledged: boolean; readonly crash: Crash; readonly told: Told }) => unknown;

interface Scene {
  readonly before?: (tasks: TaskStore) => Promise<unknown>;
  /** Begins the ledger of the scene anew. */
  readonly begin?: () => unknown;
  readonly act: (tasks: TaskStore) => Promise<unknown>;
  readonly judge: Judge;
  /** How its disk differs from one that can do all. */
  readonly way?: ((fs: FileSystem) => FileSystem) | undefined;
}

/** Stops it at every call, has the power cut, and lets the next process judge and go on. */
async function everywhere({ before, begin, act, judge, way: otherWay }: Scene): Promise<number> {
  const way = otherWay ?? ((fs: FileSystem): FileSystem => fs);
  let acknowledged = false;
  let told: Told = [];
  const { points } = await eachCrash(
    await prepared(before),
    async (fs) => {
      acknowledged = false;
      told = [];
      begin?.();
      await act(await open(way(mortal(fs)), told));
      acknowledged = !fs.stopped;
    },
    async (_left, fs, crash) => {
      // What a power cut undoes may be any part of it.
      if (crash.kind === 'kill' && otherWay === undefined) await expectAllowedStatesOn(fs, '/s');
      const after = [...told];
      judge(await found(way(fs), crash.disk, after), { acknowledged, crash, told: after });
      await worksOn(way(fs), crash.disk);
    },
    { ...OPTIONS, ledger: () => `${acknowledged} ${told.join()}` },
  );
  return points;
}

const create = (tasks: TaskStore): Promise<boolean> => tasks.create('a', 'pending', { n: 1 });

describe.each([
  ['on a disk with hard links', undefined],
  ['on one without', (fs: FileSystem) => withLink(fs, () => 'EPERM')],
])('a task %s', (_, way) => {
  it('that is being created is there whole or not at all, and there once that was acknowledged', async () => {
    const points = await everywhere({
      way,
      act: create,
      judge(one, { acknowledged }) {
        if (acknowledged) expect(one).toBeDefined();
        if (one !== undefined) expect(one).toMatchObject({ place: 'pending', fields: { n: 1 }, claims: 0 });
      },
    });
    expect(points).toBeGreaterThan(20);
  });
});

describe('a process that is stopped anywhere', () => {
  it('in a claim leaves the task as it was, or with a holder that is dead', async () => {
    const points = await everywhere({
      before: create,
      act: (tasks) => claimed(tasks),
      judge(one) {
        expect(one).toMatchObject({ fields: { n: 1 }, checkpoint: undefined });
        if (one?.place === 'pending') expect([one.claims, one.holder]).toEqual([0, undefined]);
        else expect(one).toMatchObject({ place: 'running', claims: 1, holder: { standing: 'dead' } });
      },
    });
    expect(points).toBeGreaterThan(20);
  });

  it('in a release likewise, with what was written down', async () => {
    await everywhere({
      before: create,
      async act(tasks) {
        const claim = await claimed(tasks);
        await tasks.checkpoint(claim, { row: 1 });
        await tasks.release(claim);
      },
      judge(one, { acknowledged, crash }) {
        expect(one?.fields).toEqual({ n: 1 });
        if (acknowledged && crash.kind === 'kill') expect(one).toMatchObject({ place: 'pending', claims: 0, holder: undefined });
        if (acknowledged) expect(one?.checkpoint).toEqual({ row: 1 });
      },
    });
  });

  it('in a checkpoint leaves the last one that was acknowledged, or the one that was being written', async () => {
    let written = 0;
    const points = await everywhere({
      before: create,
      begin: () => (written = 0),
      async act(tasks) {
        const claim = await claimed(tasks);
        for (const row of [1, 2, 3]) {
          if (await tasks.checkpoint(claim, { row })) written = row;
        }
      },
      judge(one) {
        expect(one?.fields).toEqual({ n: 1 });
        const row = one?.checkpoint?.['row'] ?? 0;
        expect([written, written + 1]).toContain(row);
      },
    });
    expect(points).toBeGreaterThan(40);
  });

  it.each(['succeeded', 'failed', 'pending', '16-succeeded'] as const)(
    'in the end of a claim leaves it claimed or %s, never both, and tells of it before that is final',
    async (place) => {
      const points = await everywhere({
        before: create,
        act: async (tasks) => tasks.settle(await claimed(tasks), place, { n: 2 }),
        judge(one, { acknowledged, told }) {
          if (acknowledged) expect(one).toMatchObject({ place, fields: { n: 2 } });
          if (one?.fields['n'] === 2) {
            expect(one).toMatchObject({ place, claims: 0, holder: undefined });
            expect(told).toContain(`a ${place}`);
          } else {
            expect(['pending', 'running']).toContain(one?.place);
            expect(one).toMatchObject({ fields: { n: 1 } });
          }
        },
      });
      expect(points).toBeGreaterThan(30);
    },
  );

  it('in the end of a claim of somebody dead, which had written down how far it was, likewise', async () => {
    await everywhere({
      async before(tasks) {
        await create(tasks);
        await tasks.checkpoint(await claimed(tasks), { row: 1 });
      },
      async act(tasks) {
        const claim = await claimed(tasks);
        expect(claim.task.checkpoint).toEqual({ row: 1 });
        await tasks.checkpoint(claim, { row: 2 });
        await tasks.settle(claim, 'succeeded', { n: 2 });
      },
      judge(one, { acknowledged }) {
        if (acknowledged) expect(one?.place).toBe('succeeded');
        if (one?.place === 'succeeded') return expect(one).toMatchObject({ fields: { n: 2 }, claims: 0, checkpoint: undefined });
        expect(one).toMatchObject({ place: 'running', fields: { n: 1 }, holder: { standing: 'dead' } });
        return expect([1, 2]).toContain(one?.checkpoint?.['row']);
      },
    });
  });

  it('in a deletion leaves the task, or nothing of it, and a free id', async () => {
    const points = await everywhere({
      async before(tasks) {
        await create(tasks);
        await tasks.settle(await claimed(tasks), 'succeeded', { n: 2 });
      },
      act: async (tasks) => tasks.discard(await claimed(tasks)),
      judge(one, { acknowledged }) {
        if (acknowledged) expect(one).toBeUndefined();
        if (one !== undefined) expect(one.fields).toEqual({ n: 2 });
      },
    });
    expect(points).toBeGreaterThan(20);
  });

  it.each(['succeeded', 'ignored', 'pending'] as const)('in a deletion, or in putting it back, leaves one that is %s so', async (place) => {
    for (const again of [true, false]) {
      await everywhere({
        async before(tasks) {
          await create(tasks);
          await tasks.settle(await claimed(tasks), place, { n: 2 });
        },
        async act(tasks) {
          const claim = await claimed(tasks, { aside: true });
          if (again) await tasks.settle(claim, 'pending', { n: 3 });
          else await tasks.discard(claim);
        },
        judge(one) {
          // Nobody had worked on it, so nothing was begun that could have ended.
          if (one?.fields['n'] === 2) expect(one).toMatchObject({ place, claims: 0, holder: undefined });
          else expect(one).toEqual(again ? expect.objectContaining({ place: 'pending', fields: { n: 3 } }) : undefined);
        },
      });
    }
  });

  it('in a deletion and the next creation leaves the one, the other, or nothing', async () => {
    await everywhere({
      before: create,
      async act(tasks) {
        await tasks.discard(await claimed(tasks));
        await tasks.create('a', 'failed', { n: 2 });
      },
      judge(one, { acknowledged }) {
        if (acknowledged) expect(one).toMatchObject({ place: 'failed', fields: { n: 2 } });
        if (one !== undefined) expect([1, 2]).toContain(one.fields['n']);
      },
    });
  });
});
