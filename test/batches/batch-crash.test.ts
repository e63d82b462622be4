import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/batches/batch.ts';
import { BatchDamagedError } from '../../src/batches/batch-damaged-error.ts';
import { BatchFailedError } from '../../src/batches/batch-errors.ts';
import type { CreateBatchOptions } from '../../src/batches/batch-options.ts';
import { createBatch, deleteBatch, openBatch } from '../../src/batches/open-batch.ts';
import type { Reduction } from '../../src/batches/reduce-work.ts';
import { WorkQueueError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { pause } from '../../src/queues/consume-abort.ts';
import { TaskLockedError } from '../../src/tasks/task-errors.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { type Crash, eachCrash } from '../support/each-crash.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, oneIn } from '../support/sample.ts';
import { expectAllowedStatesOn } from '../support/store-states.ts';
import { tasksOn } from '../support/tasks-of-batch.ts';

const PARTS = [10, 20];
const PLACE = { store: 'file:/state', clock: hastyClock() };

function create(fs: FileSystem, options: Partial<CreateBatchOptions<number, number>> = {}): Promise<Batch<number, number>> {
  return createBatch<number, number>(PARTS, { ...PLACE, id: 'load', fileSystem: fs, ...options });
}

function open(fs: FileSystem): Promise<Batch<number, number>> {
  return openBatch<number, number>('load', { ...PLACE, fileSystem: fs });
}

async function made(options: Partial<CreateBatchOptions<number, number>> = {}): Promise<CrashingDisk> {
  const disk = new CrashingDisk({ '/state/': '' });
  await (await create(disk.process(), options)).dispose();
  return disk;
}

/** How often a reduce ran to its end, and that it was whole. */
class Reduces {
  ran = 0;

  readonly reduce = async ({ results, total }: Reduction<number, number>): Promise<number> => {
    let [sum, parts] = [0, 0];
    for await (const { part, result } of results()) {
      expect(result).toBe(part + 1);
      sum += result;
      parts += 1;
    }
    expect(parts, 'never before all parts').toBe(total);
    this.ran += 1;
    return sum;
  };
}

const addOne = (part: number): number => part + 1;

/** Who has it is not known to be dead before its lease is over, if a power cut took its sign of life. */
async function onceFree<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TaskLockedError) || tries === 20) throw error;
    }
    await pause(PLACE.clock, 5_000, []);
  }
}

const WAYS: readonly [name: string, way: (batch: Batch<number, number>, reduces: Reduces) => Promise<unknown>][] = [
  ['works', (batch, { reduce }) => batch.work(addOne, { reduce })],
  [
    'is brought the parts, all of them again,',
    async (batch, { reduce }) => {
      for (const part of [1, 0]) await onceFree(() => batch.part(part, addOne, { reduce }));
    },
  ],
  [
    'works, and reduces by hand,',
    async (batch, { reduce }) => {
      await batch.work(addOne);
      if ((await batch.reduced()) === undefined) await onceFree(() => batch.reduce(reduce));
    },
  ],
];

async function eachStop(
  before: CrashingDisk,
  life: (fs: FaultyDisk) => Promise<unknown>,
  judge: (fs: FileSystem, crash: Crash) => Promise<unknown>,
  share = 8,
  isSound = true,
): Promise<void> {
  const check = async (_left: unknown, fs: FileSystem, crash: Crash): Promise<void> => {
    // What a hand did to it before, no stop may leave.
    if (crash.kind === 'kill' && isSound) await expectAllowedStatesOn(fs, '/state');
    await judge(fs, crash);
    if (crash.kind === 'kill') await expectAllowedStatesOn(fs, '/state');
  };
  const { points } = await eachCrash(before, life, check, {
    limit: bySize({ quick: 1, slow: 2, deep: 32 }),
    share: oneIn(share),
  });
  expect(points).toBeGreaterThan(40);
}

/** What lies where, but for what is ours alone. */
async function placesOf(fs: FileSystem): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const tasks = await tasksOn(fs, '/state', 'load');
  for (const status of ['pending', 'running', 'failed', 'ignored', 'succeeded']) {
    const names = await fs.readdir(`${tasks}/${status}`);
    if (names.length > 0) found[status] = names.toSorted();
  }
  return found;
}

describe.each(WAYS)('whoever %s after one that was stopped at any call', (_, way) => {
  it('WB-10 finds all parts done, and one reduce that has finished', async () => {
    let isReduced = false;
    await eachStop(
      await made(),
      async (fs) => {
        isReduced = false;
        const batch = await open(mortal(fs));
        const reduces = new Reduces();
        await way(batch, reduces);
        if (!fs.stopped) isReduced = reduces.ran === 1;
        await batch.dispose();
      },
      async (fs) => {
        const batch = await open(fs);
        const reduces = new Reduces();
        const before = await batch.status();
        await way(batch, reduces);
        expect(reduces.ran, 'once by this one, unless it was done').toBe(isReduced || before.state === 'done' ? 0 : 1);
        expect(await batch.status()).toMatchObject({ state: 'done', remaining: 0, progress: 1 });
        expect(await batch.reduced()).toBe(32);
        expect(await placesOf(fs)).toEqual({ succeeded: ['0.json', '1.json', 'reduce.json'] });
        await batch.dispose();
      },
    );
  });
});

it('never reduces after one that was stopped at any call, if a part was given up', async () => {
  const work = (part: number): number => {
    if (part === 20) throw new Error('no such day');
    return part;
  };
  let isGivenUp = false;
  await eachStop(
    await made({ maxAttempts: 2 }),
    async (fs) => {
      isGivenUp = false;
      const batch = await open(mortal(fs));
      const { status } = await batch.work(work, { reduce: () => 0 });
      isGivenUp = !fs.stopped && status?.state === 'failed';
      await batch.dispose();
    },
    async (fs) => {
      const batch = await open(fs);
      const reduces = new Reduces();
      // To look may end what was begun, and so decide it.
      const working = isGivenUp || (await batch.status()).state === 'failed' ? undefined : batch.work(work, { reduce: reduces.reduce });
      await working?.catch((error: unknown) => expect(error).toBeInstanceOf(BatchFailedError));
      const { state, reason, reduce } = await batch.status();
      expect([state, reduce, reduces.ran]).toEqual(['failed', null, 0]);
      expect(reason).toMatch(/^part 1 was given up: /);
      await batch.dispose();
    },
  );
});

/** Puts the one part back to work that failed or was given up. */
async function retryOne(fs: FileSystem): Promise<void> {
  const batch = await open(mortal(fs));
  expect(await batch.retry()).toBe(1);
  await batch.dispose();
}

it('is done in the end, wherever a retry is stopped of what may fail but once: to put it back to work is no attempt', async () => {
  const disk = await made({ maxAttempts: 2 });
  const first = await open(disk.process());
  await expect(first.part(0, () => Promise.reject(new Error('not yet')))).rejects.toThrow('not yet');
  await first.dispose();
  await eachStop(
    disk,
    retryOne,
    async (fs) => {
      const batch = await open(fs);
      const reduces = new Reduces();
      const { status } = await batch.work(addOne, { reduce: reduces.reduce });
      expect([status?.state, reduces.ran]).toEqual(['done', 1]);
      await batch.dispose();
    },
    2,
  );
});

it('leaves what was given up to be done or given up, wherever a retry of it is stopped', async () => {
  const disk = await made({ maxAttempts: 1 });
  const first = await open(disk.process());
  const fail = (): never => {
    throw new Error('not yet');
  };
  await expect(first.part(0, fail)).rejects.toThrow('not yet');
  await first.dispose();
  await eachStop(
    disk,
    retryOne,
    async (fs) => {
      const batch = await open(fs);
      const reduces = new Reduces();
      const { status } = await batch.work(addOne, { reduce: reduces.reduce });
      const isDone = status?.state === 'done';
      expect([status?.state, reduces.ran, status?.remaining]).toEqual(isDone ? ['done', 1, 0] : ['failed', 0, 1]);
      await batch.dispose();
    },
    2,
  );
});

it('is decided by who works on its last part, wherever a retry of what was given up is stopped', async () => {
  const disk = await made({ maxAttempts: 1 });
  const first = await open(disk.process());
  const fail = (): never => {
    throw new Error('not yet');
  };
  await expect(first.part(0, fail)).rejects.toThrow('not yet');
  await first.dispose();
  await eachStop(
    disk,
    retryOne,
    async (fs) => {
      const batch = await open(fs);
      for (let number = 0; number < batch.total; number += 1)
        await batch.part(number, addOne).catch((error: unknown) => expect(error).toBeInstanceOf(WorkQueueError));
      const { state, remaining } = await batch.status();
      expect([state, remaining]).toEqual(remaining === 0 ? ['reducing', 0] : ['failed', 1]);
      await batch.dispose();
    },
    2,
  );
});

it('is reduced once where it has no parts and was made with a reduce, by who makes it again after one that was stopped at any call', async () => {
  let isReduced = false;
  const make = (fs: FileSystem, reduces: Reduces) => createBatch<number, number>([], { ...PLACE, fileSystem: fs, id: 'load', reduce: reduces.reduce }); // prettier-ignore
  await eachStop(
    new CrashingDisk({ '/state/': '' }),
    async (fs) => {
      isReduced = false;
      const batch = await make(mortal(fs), new Reduces());
      isReduced = !fs.stopped;
      await batch.dispose();
    },
    async (fs) => {
      const reduces = new Reduces();
      const batch = await make(fs, reduces);
      if (isReduced) expect(reduces.ran).toBe(0);
      expect(reduces.ran).toBeLessThanOrEqual(1);
      expect([(await batch.status()).state, await batch.reduced()]).toEqual(['done', 0]);
      await batch.dispose();
    },
  );
});

it.each(['pending', 'succeeded'])(
  'is done in the end, wherever a retry is stopped that makes damaged parts anew that were %s',
  async (status) => {
    const disk = await made();
    const hand = disk.process();
    if (status === 'succeeded') {
      const batch = await open(hand);
      await batch.work(addOne);
      await batch.dispose();
    }
    const place = `${await tasksOn(hand, '/state', 'load')}/${status}`;
    await hand.unlink(`${place}/0.json`);
    const file = await hand.open(`${place}/1.json`, 'update');
    file.truncate(5);
    await file.sync();
    file.close();
    await hand.syncDirectory(place);
    await eachStop(
      disk,
      async (fs) => {
        const batch = await open(mortal(fs));
        await batch.retry();
        await batch.dispose();
      },
      async (fs) => {
        const batch = await open(fs);
        await batch.retry();
        const reduces = new Reduces();
        const work = () => batch.work(addOne, { reduce: reduces.reduce }); // prettier-ignore
        const { status } = await work().catch(async (error: unknown) => {
          // Who was making one anew, and is not known to be dead before a lease is over.
          expect(error).toBeInstanceOf(BatchDamagedError);
          await batch.retry();
          return work();
        });
        expect(status).toMatchObject({ state: 'done', damaged: [] });
        expect([reduces.ran, await batch.reduced()]).toEqual([1, 32]);
        expect(await placesOf(fs)).toEqual({ succeeded: ['0.json', '1.json', 'reduce.json'] });
        await batch.dispose();
      },
      2,
      false,
    );
  },
);

it('WB-02 makes and tells of each part, after a maker that was stopped at any call', async () => {
  const told = new Set<string>();
  let isMade = false;
  await eachStop(
    new CrashingDisk({ '/state/': '' }),
    async (fs) => {
      told.clear();
      isMade = false;
      const batch = await create(mortal(fs), { publish: ({ partId }) => void (fs.stopped || told.add(partId)) });
      isMade = !fs.stopped;
      await batch.dispose();
    },
    async (fs) => {
      const toldBefore = new Set(told);
      const again: string[] = [];
      const batch = await create(fs, { publish: ({ partId }) => again.push(partId) });
      if (isMade) expect(again, 'no more than is needed').toEqual([]);
      expect([...new Set([...toldBefore, ...again])].toSorted()).toEqual(['0', '1']);
      const reduces = new Reduces();
      await batch.work(addOne, { reduce: reduces.reduce });
      expect([reduces.ran, await batch.reduced()]).toEqual([1, 32]);
      await batch.dispose();
    },
  );
});

it('WB-25 is there as a whole or gone as a whole, wherever its deletion is stopped, and its id is free then', async () => {
  const disk = await made();
  const first = await open(disk.process());
  await first.part(0, () => 99);
  await first.dispose();
  let isDeleted = false;
  await eachStop(
    disk,
    async (fs) => {
      isDeleted = false;
      const removed = await deleteBatch('load', { ...PLACE, fileSystem: fs });
      isDeleted = removed && !fs.stopped;
    },
    async (fs) => {
      const batch = await create(fs);
      const { remaining } = await batch.status();
      if (isDeleted) expect(remaining).toBe(2);
      const results: number[] = [];
      await batch.work(addOne, { reduce: async (all: Reduction<number, number>) => { for await (const { result } of all.results()) results.push(result); } }); // prettier-ignore
      expect(results, 'nothing of the old one in the new one').toEqual(remaining === 2 ? [11, 21] : [99, 21]);
      await batch.dispose();
      expect(await deleteBatch('load', { ...PLACE, fileSystem: fs })).toBe(true);
      expect(await fs.readdir('/state/batches'), 'and what a stop left goes with the next').toEqual([]);
    },
    2,
  );
});
