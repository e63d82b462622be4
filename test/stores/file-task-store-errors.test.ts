import { expect, it } from 'vitest';
import { DiskError, WorkQueueError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { SeenTask, TaskClaim, TaskStore } from '../../src/stores/store.ts';
import { ALL_ERRNOS, eachError, SHORT } from '../support/each-error.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, oneIn } from '../support/sample.ts';

/** What a careful program was told, while one call of its disk failed. */
interface Outcome {
  errors: unknown[];
  /** What it was told of `a` last: that it is settled, deleted, or neither. */
  settled: boolean;
  deleted: boolean;
  /** What it did once the disk was well again. */
  after: unknown;
}

const open = async (fs: FileSystem): Promise<TaskStore> =>
  new FileStore('file:/s', { fileSystem: fs, clock: hastyClock({ ticksMs: 5_000 }) }).tasks('tasks', 'jobs', { leaseMs: 30_000 });

async function seen(tasks: TaskStore, id: string): Promise<SeenTask | undefined> {
  for (let looks = 1; ; looks += 1) {
    const found = await tasks.read(id);
    if (found?.kind === 'damaged') throw new Error(`It is damaged: ${found.reason}`);
    if (found?.holder?.standing !== 'silent' || looks === 20) return found;
  }
}

async function claimed(tasks: TaskStore, id: string): Promise<TaskClaim | undefined> {
  const found = await seen(tasks, id);
  return found && tasks.claim(found, 'running');
}

/** Tries each step, and each that failed once more when the disk is well again. */
async function life(disk: FaultyDisk, outcome: Outcome): Promise<void> {
  Object.assign(outcome, { errors: [], settled: false, deleted: false, after: undefined });
  const attempt = async <R>(step: () => Promise<R>): Promise<R | undefined> => {
    try {
      return await step();
    } catch (error) {
      outcome.errors.push(error);
      disk.heal();
      return step();
    }
  };
  const tasks = await attempt(() => open(mortal(disk)));
  if (tasks === undefined) return;
  await attempt(() => tasks.create('a', 'pending', { n: 1 }));
  const had = async (): Promise<TaskClaim> => {
    let claim = await attempt(() => claimed(tasks, 'a'));
    if (claim === undefined) {
      // A disk that says of everything that it is done, or was there: once it is well there is what there is.
      disk.heal();
      await tasks.create('a', 'pending', { n: 1 });
      claim = await claimed(tasks, 'a');
    }
    if (claim === undefined) throw new Error('a is not to be had.');
    return claim;
  };
  const claim = await had();
  await attempt(() => tasks.checkpoint(claim, { row: 1 }));
  outcome.settled = (await attempt(() => tasks.settle(claim, 'succeeded', { n: 2 }))) === true;
  const again = await had();
  outcome.deleted = (await attempt(() => tasks.discard(again))) === true;
  disk.heal();
  await tasks.create('b', 'pending', {});
  const other = await claimed(tasks, 'b');
  outcome.after = other && (await tasks.settle(other, 'succeeded', {}));
  if (outcome.deleted) await tasks.create('c', 'pending', {});
}

it('gives a typed error for each refusal, can be asked again, and works on', async () => {
  const outcome: Outcome = { errors: [], settled: false, deleted: false, after: undefined };
  const { runs } = await eachError(
    { '/s/': '' },
    (disk) => life(disk, outcome),
    async (_left, fs, { error, errno, reply, call, kind }) => {
      if (error !== undefined) throw error;
      // A directory that we may not open is none that we made, so it is not synced.
      if (errno === 'EACCES' && call.operation === 'syncDirectory' && kind === 'power') return;
      // Somebody else has it, says the disk. It is believed, and whoever asked is told.
      const isBelieved = errno === 'ENOENT' && reply === 'before' && call.operation === 'rename';
      for (const one of outcome.errors) {
        expect(one).toBeInstanceOf(WorkQueueError);
        if (one instanceof DiskError) expect([errno, errno === SHORT ? 'ENOSPC' : errno]).toContain(one.errno);
      }
      expect(outcome.after).toBe(true);
      if (!isBelieved) expect([outcome.settled, outcome.deleted]).toEqual([true, true]);
      const tasks = await open(fs);
      if (outcome.deleted) expect(await tasks.read('a')).toBeUndefined();
      expect(await seen(tasks, 'b')).toMatchObject({ place: 'succeeded', holder: undefined });
      if (outcome.deleted) expect(await seen(tasks, 'c')).toMatchObject({ place: 'pending' });
      if (isBelieved) return;
      expect((await tasks.counts()).get('running')).toBe(0);
      expect(await tasks.create('a', 'pending', { n: 1 })).toBe(true);
    },
    {
      errnos: ALL_ERRNOS,
      share: oneIn(15, 160),
      powerCuts: 2,
      ledger: () => [...outcome.errors.map(String), outcome.settled, outcome.deleted].join(),
      likeness: (files) => files.replaceAll(/vm?[a-z0-9-]*-\d+-[0-9a-f]{8}|[0-9a-f]{10,}[0-9a-z]*/g, '*'),
    },
  );
  expect(runs).toBeGreaterThan(bySize({ quick: 10, slow: 300, deep: 1_000 }));
});
