import { describe, expect, it } from 'vitest';
import { ItemSettledError, PermanentError, QueueClosedError, UpstreamFailedError } from '../../src/errors.ts';
import type { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PayloadSchema } from '../../src/queues/schema.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { QueueLives, doAll, take, takeAll } from '../support/queue-lives.ts';
import { slowSyncs } from '../support/slow-syncs.ts';

/** How long a sync takes, in turns of the event loop. */
const SYNC_TURNS = 3;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await turn();
}

/** A disk whose syncs take a while, so that much comes between a line and its being safe. */
function slowDisk(): FileSystem {
  const { fs, syncs } = slowSyncs(memoryDisk());
  const endThem = async (): Promise<void> => {
    await turns(SYNC_TURNS);
    for (const sync of syncs.splice(0)) sync.end();
  };
  return withCalls(fs, {
    async open(path, mode) {
      const file = await fs.open(path, mode);
      const sync = (): Promise<void> => {
        const synced = file.sync();
        void endThem();
        return synced;
      };
      return { ...file, sync };
    },
  });
}

const REFUSING: PayloadSchema<string> = {
  '~standard': { version: 1, vendor: 'test', validate: async () => turn().then(() => ({ issues: [{ message: 'no' }] })) },
};

const SLOW: PayloadSchema<string> = {
  '~standard': { version: 1, vendor: 'test', validate: async (value) => turn().then(() => ({ value: String(value) })) },
};

/** Both sides begin so many turns, and then so many microtasks, after one another. */
const MOMENTS = Array.from({ length: 6 }, (_, later) => [0, 2].map((ticks) => ({ later, ticks }))).flat();

async function wait({ later, ticks }: { later: number; ticks: number }): Promise<void> {
  await turns(later);
  for (let passed = 0; passed < ticks; passed++) await Promise.resolve();
}

const show = ({ later, ticks }: { later: number; ticks: number }): string => `${later} turns and ${ticks} ticks later`;

/** What the queue says of itself has to be what the next owner reads. */
async function expectTrueCounts(queue: PersistentQueue<string>, lives: QueueLives<string>, note: string): Promise<void> {
  const counts = await queue.counts();
  await queue.dispose();
  const next = await lives.open();
  expect(await next.counts(), note).toEqual(counts);
  await next.dispose();
}

describe.each(['power', 'process'] as const)("at '%s', what two do at once", (durability) => {
  const open = async (): Promise<{ lives: QueueLives<string>; queue: PersistentQueue<string> }> => {
    const lives = new QueueLives<string>({ durability, clock: hastyClock({ ticksMs: 2 }) }, slowDisk());
    return { lives, queue: await lives.open() };
  };

  it('is counted once: items fail, and all is marked done', async () => {
    for (const moment of MOMENTS) {
      const { lives, queue } = await open();
      await queue.putMany(Array.from({ length: 12 }, (_, number) => `${number}`));
      const items = await takeAll(queue);
      const marking = wait(moment).then(() => queue.markAllDone());
      for (const [index, item] of items.entries()) {
        item.fail(new PermanentError('no')).catch((error: unknown) => expect(error).toBeInstanceOf(ItemSettledError));
        if (index % 3 === 0) await turn();
      }
      await marking;
      await turns(2 * SYNC_TURNS);
      expect(await queue.counts(), show(moment)).toMatchObject({ waiting: 0, taken: 0 });
      await expectTrueCounts(queue, lives, show(moment));
    }
  });

  it('is counted once: values are refused, and all is marked done', async () => {
    for (const moment of MOMENTS) {
      const { lives, queue: before } = await open();
      await before.putMany(['a', 'b', 'c']);
      await before.dispose();
      const queue = await lives.open({ schema: REFUSING });
      const taking = queue.tryGet();
      await wait(moment);
      await queue.markAllDone();
      expect(await taking).toBeUndefined();
      expect(await queue.counts(), show(moment)).toMatchObject({ waiting: 0, taken: 0 });
      await expectTrueCounts(queue, lives, show(moment));
    }
  });

  it('is handed out to nobody: a value is looked at, and all is marked done', async () => {
    for (const moment of MOMENTS) {
      const { lives, queue: before } = await open();
      await before.put('a');
      await before.dispose();
      const queue = await lives.open({ schema: SLOW });
      const taking = queue.tryGet();
      await wait(moment);
      await queue.markAllDone();
      const item = await taking;
      expect(item === undefined || item.signal.aborted, show(moment)).toBe(true);
      await expectTrueCounts(queue, lives, show(moment));
    }
  });

  it('comes back once: two retry what was given up', async () => {
    for (const moment of MOMENTS) {
      const { lives, queue } = await open();
      await queue.put('a');
      await (await take(queue)).fail(new PermanentError('no'));
      const retries = await Promise.all([queue.retry(), wait(moment).then(() => queue.retry())]);
      expect(
        retries.reduce((sum, count) => sum + count),
        show(moment),
      ).toBe(1);
      expect(await doAll(queue), show(moment)).toEqual(['a']);
      await expectTrueCounts(queue, lives, show(moment));
    }
  });

  it('comes to its end: much is put where there is no room, and the queue is disposed of', async () => {
    for (const moment of MOMENTS) {
      const { lives, queue: before } = await open();
      await before.putMany(['a', 'b']);
      await before.dispose();
      const queue = await lives.open({ capacity: 2 });
      const putting = queue.put('c').then(
        () => 'put',
        (error: unknown) => error,
      );
      await wait(moment);
      await queue.dispose();
      expect(await putting, show(moment)).toBeInstanceOf(QueueClosedError);
    }
  });

  it('comes to its end: a put waits for room, a close for the put, and the queue is disposed of', async () => {
    const { lives, queue: before } = await open();
    await before.put('a');
    await before.dispose();
    const queue = await lives.open({ capacity: 1 });
    const outcomes = [queue.put('b'), queue.close()].map((call) =>
      call.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    await turns(2 * SYNC_TURNS);
    await queue.dispose();
    expect((await Promise.all(outcomes))[0]).toBeInstanceOf(QueueClosedError);
    await (await lives.open()).dispose();
  });

  it('comes to its end: a put waits for room, and the producer fails', async () => {
    const { lives, queue: before } = await open();
    await before.put('a');
    await before.dispose();
    const queue = await lives.open({ capacity: 1 });
    const putting = queue.put('b').catch((error: unknown) => error);
    await turns(2 * SYNC_TURNS);
    await queue.fail('no');
    expect(await putting).toBeInstanceOf(QueueClosedError);
    await expect(queue.get()).rejects.toBeInstanceOf(UpstreamFailedError);
    await queue.dispose();
  });

  it('is admitted once: two ask for what earlier runs left', async () => {
    const { lives, queue: before } = await open();
    await before.putMany(['a', 'b']);
    await before.dispose();
    const queue = await lives.open({ resume: false });
    expect(await Promise.all([queue.requeueOutstanding(), queue.requeueOutstanding()])).toEqual([2, 0]);
    await queue.dispose();
    await expect(queue.requeueOutstanding()).rejects.toBeInstanceOf(QueueClosedError);
  });

  it('leaves none that was acknowledged: a journal goes when all in it is done, and not before', async () => {
    for (const moment of MOMENTS) {
      const lives = new QueueLives<string>({ durability, segmentBytes: 1024, clock: hastyClock({ ticksMs: 2 }) }, slowDisk());
      const queue = await lives.open();
      await queue.putMany(Array.from({ length: 12 }, (_, number) => `${number}`));
      const items = await takeAll(queue);
      const ends = items.map((item) => item.fail(new PermanentError('no')).catch(() => undefined));
      await wait(moment);
      await queue.markAllDone();
      await Promise.all(ends);
      const kept = Array.from({ length: 20 }, (_, number) => `${number} ${'.'.repeat(100)}`);
      for (const value of kept) await queue.put(value);
      await queue.dispose();
      expect(await doAll(await lives.open()), show(moment)).toEqual(kept);
    }
  });
});
