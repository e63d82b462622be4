import { describe, expect, it } from 'vitest';
import { QueueTimeoutError } from '../../src/errors.ts';
import type { Item } from '../../src/queues/queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, QueueLives, valuesOf } from '../support/queue-lives.ts';

const values = <T>(items: readonly Item<T>[]): T[] => items.map(({ value }) => value);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const doneAll = (items: readonly Item<unknown>[]): Promise<unknown> => Promise.all(items.map((item) => item.done()));

describe('getMany', () => {
  it('takes what is at hand, in put order, and no more than was asked for', async () => {
    const queue = await new QueueLives<number>().open();
    await queue.putMany(upTo(5));
    const three = await queue.getMany(3);
    expect(values(three)).toEqual([0, 1, 2]);
    const rest = await queue.getMany(9);
    expect(values(rest)).toEqual([3, 4]);
    await doneAll([...three, ...rest]);
    await queue.close();
    expect(await queue.getMany(9)).toEqual([]);
  });

  it('waits for the first, and takes with it what came together', async () => {
    const lives = new QueueLives<number>();
    const queue = await lives.open();
    const waiting = queue.getMany(2, { timeoutMs: 500 });
    const late = queue.getMany(2, { timeoutMs: 500 });
    await queue.putMany([1, 2, 3]);
    expect(values(await waiting)).toEqual([1, 3]);
    expect(values(await late)).toEqual([2]);
    const vain = queue.getMany(2, { timeoutMs: 500 });
    const refused = expect(vain).rejects.toBeInstanceOf(QueueTimeoutError);
    await lives.clock.advance(500);
    await refused;
  });

  it('ends as get does: to who holds items, once nothing is left now', async () => {
    const queue = await new QueueLives<number>().open();
    await queue.putMany([1]);
    await queue.close();
    const [one] = await queue.getMany(5);
    expect(await queue.getMany(5)).toEqual([]);
    await one?.release();
    expect(values(await queue.getMany(5))).toEqual([1]);
  });

  it('reads on from the journal what does not fit in memory', async () => {
    const lives = new QueueLives<number>({ durability: 'process' });
    const first = await lives.open();
    await first.putMany(upTo(10_000));
    const queue = await lives.open();
    const all: number[] = [];
    while (all.length < 10_000) {
      const items = await queue.getMany(3_000);
      all.push(...values(items));
      await doneAll(items);
    }
    expect(all).toEqual(upTo(10_000));
  });

  it.each(['process', 'power'] as const)(
    'writes down together that many were taken (%s), and a kill then counts for each',
    async (durability) => {
      const disk = new FaultyDisk(memoryDisk(), {});
      const lives = new QueueLives<number>({ durability, maxAttempts: 2 }, disk);
      let queue = await lives.open();
      await queue.putMany(upTo(100));
      for (const attempt of [1, 2]) {
        const before = disk.calls.filter(({ operation }) => operation === 'write').length;
        const items = await queue.getMany(100);
        const writes = disk.calls.filter(({ operation }) => operation === 'write').length - before;
        // A journal that begins has a head, and the first of them may have been waited for.
        expect(writes).toBeLessThanOrEqual(4);
        expect(items.map((item) => item.attempt)).toEqual(upTo(100).map(() => attempt));
        queue = await lives.open();
      }
      const waiting = queue.getMany(100, { timeoutMs: 0 });
      const vain = expect(waiting).rejects.toBeInstanceOf(QueueTimeoutError);
      await lives.clock.advance(1);
      await vain;
      expect(await valuesOf(queue.failed())).toEqual(upTo(100));
    },
  );

  it('passes over what was given up or finished in between', async () => {
    const lives = new QueueLives<number>({ maxAttempts: 1 });
    const first = await lives.open();
    await first.putMany(upTo(6));
    const [a, b, c] = await first.getMany(3);
    await Promise.all([a?.done(), c?.release()]);
    expect(b?.value).toBe(1);
    const queue = await lives.open();
    expect(values(await queue.getMany(10))).toEqual([2, 3, 4, 5]);
    expect(await valuesOf(queue.failed())).toEqual([1]);
  });

  it('hands out what a schema makes of each, and gives up what it refuses', async () => {
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => (typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] }),
      },
    } as const;
    const lives = new QueueLives<unknown>();
    await (await lives.open()).putMany([1, 'two', 3]);
    const queue = await lives.open({ schema });
    expect(values(await queue.getMany(10))).toEqual([1, 3]);
    expect(await valuesOf(queue.failed())).toEqual(['two']);
  });

  it.each([0, -1, 1.5, '3', undefined])('refuses %j as a number, and takes nothing', async (most) => {
    const queue = await new QueueLives<number>().open();
    await queue.putMany([1]);
    await expect(queue.getMany(most as number)).rejects.toThrow(TypeError);
    await expect(queue.getMany(1, { timeout: 3 } as object)).rejects.toThrow(/timeout/);
    expect(await doAll(queue)).toEqual([1]);
  });

  it('rejects with the reason of its signal, and takes nothing', async () => {
    const queue = await new QueueLives<number>().open();
    await queue.putMany([1]);
    const reason = new Error('enough');
    await expect(queue.getMany(1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await doAll(queue)).toEqual([1]);
  });

  it('Q-30 rejects if it can not be written down, and nobody has them', async () => {
    let failing = false;
    const isTaken = ({ operation, path }: { operation: string; path: string }): boolean =>
      failing && operation === 'write' && path.endsWith('.done.tsv');
    const lives = new QueueLives<number>({}, new FaultyDisk(memoryDisk(), { faults: [{ at: isTaken, errno: 'ENOSPC' }] }));
    const queue = await lives.open();
    await queue.putMany([1, 2, 3]);
    const [one] = await queue.getMany(1);
    await one?.done();
    failing = true;
    await expect(queue.getMany(2)).rejects.toThrow(/ENOSPC/);
    failing = false;
    expect(await queue.counts()).toMatchObject({ waiting: 2, taken: 0 });
    expect(values(await queue.getMany(2))).toEqual([2, 3]);
  });
});
