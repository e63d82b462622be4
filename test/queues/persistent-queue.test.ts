import { describe, expect, expectTypeOf, it } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { Item } from '../../src/queues/queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { doAll, QueueLives, take, takeAll, valuesOf } from '../support/queue-lives.ts';

const DURABILITIES = ['power', 'process'] as const;

/** All that JSON can say and a line of text might not. */
const VALUES: readonly unknown[] = [
  'tab\there',
  'line\nfeed',
  'carriage\r\nreturn',
  '"quoted" and \\ escaped',
  '😀 é 漢字 \u202e',
  'half of a pair: \ud800 and \udfff',
  '\u2028\u2029\u0000\u007f\ufeff',
  '',
  '\n',
  0,
  -1,
  1e21,
  0.1,
  Number.MAX_SAFE_INTEGER,
  false,
  true,
  null,
  [],
  {},
  { nested: { deeper: [1, { deepest: null }] }, 'key with\ttab': '\t' },
  [[[[]]]],
  'x'.repeat(1024 * 1024),
  'ü'.repeat(300_000),
];

describe.each(DURABILITIES)('with durability %s', (durability) => {
  it('Q-01 gives values in the order in which they were put', async () => {
    const queue = await new QueueLives<number>({ durability }).open();
    const values = Array.from({ length: 5_000 }, (_, index) => index);
    for (const value of values.slice(0, 100)) await queue.put(value);
    const unawaited = values.slice(100, 200).map((value) => queue.put(value));
    expect(await queue.putMany(values.slice(200))).toBe(4_800);
    expect(await Promise.all(unawaited)).not.toContain(false);
    expect((await takeAll(queue)).map(({ value }) => value)).toEqual(values);
  });

  it('Q-01 keeps that order where taking and putting take turns', async () => {
    const queue = await new QueueLives<number>({ durability, segmentBytes: 1024 }).open();
    const taken: number[] = [];
    let next = 0;
    for (let round = 0; round < 60; round += 1) {
      await queue.putMany(Array.from({ length: round % 13 }, () => next++));
      for (let left = round % 7; left > 0; left -= 1) {
        const item = await queue.tryGet();
        if (item) taken.push(item.value);
        await item?.done();
      }
    }
    taken.push(...(await doAll(queue)));
    expect(taken).toEqual(Array.from({ length: next }, (_, index) => index));
  });

  it('Q-02 gives each value as it was put, before and after a crash, and none of them ends the queue', async () => {
    const lives = new QueueLives<unknown>({ durability });
    const first = await lives.open();
    for (const value of VALUES) expect(await first.put(value)).toBe(true);
    const got: unknown[] = [];
    while (got.length < VALUES.length) got.push((await first.get())?.value);
    expect(got).toEqual(VALUES);
    const second = await lives.open();
    expect(await valuesOf(second.outstanding())).toEqual(VALUES);
    expect((await takeAll(second)).map(({ value }) => value)).toEqual(VALUES);
  });
});

describe('an item', () => {
  it('has an id that says its place, an attempt and a signal', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    expect([queue.directory, queue.run, queue.maxAttempts]).toEqual(['/queue', 1, 3]);
    await queue.putMany(['a', 'b']);
    const [a, b] = [await take(queue), await take(queue)];
    expectTypeOf(a).toEqualTypeOf<Item<string>>();
    expect([a.id, b.id]).toEqual(['00000001-0000000001', '00000001-0000000002']);
    expect([a.attempt, a.signal.aborted]).toEqual([1, false]);
    const next = await lives.open();
    expect(next.run).toBe(2);
    await next.put('c');
    expect((await takeAll(next)).map(({ id }) => id)).toEqual([a.id, b.id, '00000002-0000000001']);
  });

  it('is told when it is not ours any more, whenever its signal is asked for', async () => {
    const queue = await new QueueLives<string>().open();
    await queue.putMany(['asked before', 'asked after']);
    const [before, after] = [await take(queue), await take(queue)];
    const { signal } = before;
    expect(signal.aborted).toBe(false);
    await queue.markAllDone();
    expect(signal.aborted).toBe(true);
    expect(after.signal.aborted).toBe(true);
  });

  it('is told when the queue is disposed of while it is in hands', async () => {
    const queue = await new QueueLives<string>().open();
    await queue.put('a');
    const { signal } = await take(queue);
    await queue.dispose();
    expect(signal.aborted).toBe(true);
  });
});

describe('for await', () => {
  async function opened(...values: string[]): Promise<PersistentQueue<string>> {
    const queue = await new QueueLives<string>().open();
    await queue.putMany(values);
    await queue.close();
    return queue;
  }

  it('goes through all of a closed queue and ends; advancing releases nothing', async () => {
    const queue = await opened('a', 'b', 'c');
    const items: Item<string>[] = [];
    for await (const item of queue) items.push(item);
    expect(items.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
    expect(await queue.counts()).toMatchObject({ waiting: 0, taken: 3 });
    for (const item of items) await item.done();
    expect(await queue.counts()).toMatchObject({ waiting: 0, taken: 0, done: 3 });
  });

  it('gives the last item back at a break', async () => {
    const queue = await opened('a', 'b');
    for await (const item of queue) if (item.value === 'b') break;
    expect(await queue.counts()).toMatchObject({ waiting: 1, taken: 1 });
    expect(await take(queue)).toMatchObject({ value: 'b', attempt: 1 });
  });

  it('gives the last item back at a throw, unless it was settled', async () => {
    const queue = await opened('a', 'b');
    const working = async (settle: boolean): Promise<void> => {
      for await (const item of queue) {
        if (settle) await item.done();
        throw new Error(`thrown at ${item.value}`);
      }
    };
    await expect(working(false)).rejects.toThrow('thrown at a');
    await expect(working(true)).rejects.toThrow('thrown at a');
    await expect(working(false)).rejects.toThrow('thrown at b');
  });
});

describe('putMany', () => {
  it('takes what comes asynchronously, and says how many', async () => {
    const queue = await new QueueLives<number>().open();
    async function* counting(): AsyncGenerator<number> {
      for (let value = 0; value < 10; value += 1) yield await Promise.resolve(value);
    }
    expect(await queue.putMany(counting())).toBe(10);
    expect(await queue.putMany([])).toBe(0);
    expect(await doAll(queue)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('keeps what came before a value that can not be written down', async () => {
    const lives = new QueueLives<unknown>();
    const queue = await lives.open();
    await expect(queue.putMany(['a', 'b', 1n, 'c'])).rejects.toMatchObject({ code: 'ERR_UNSERIALISABLE_VALUE' });
    expect(await valuesOf(queue.outstanding())).toEqual(['a', 'b']);
    expect(await valuesOf((await lives.open()).outstanding())).toEqual(['a', 'b']);
  });

  it('ends with the reason of its signal', async () => {
    const queue = await new QueueLives<number>().open();
    const enough = new AbortController();
    function* endless(): Generator<number> {
      for (let value = 0; ; value += 1) {
        if (value === 10) enough.abort(new Error('enough'));
        yield value;
      }
    }
    await expect(queue.putMany(endless(), { signal: enough.signal })).rejects.toThrow('enough');
    expect(await doAll(queue)).toHaveLength(10);
  });

  it.each(DURABILITIES)('keeps all that is put at the same time, through a crash (%s)', async (durability) => {
    const lives = new QueueLives<string>({ durability });
    const queue = await lives.open();
    await queue.put('before');
    async function* slow(): AsyncGenerator<string> {
      yield 'slow 1';
      await queue.put('between');
      yield 'slow 2';
    }
    await queue.putMany(slow());
    expect(new Set(await valuesOf(queue.outstanding()))).toEqual(new Set(['before', 'between', 'slow 1', 'slow 2']));
    const next = await lives.open();
    expect((await takeAll(next)).map(({ value }) => value).toSorted()).toEqual(['before', 'between', 'slow 1', 'slow 2']);
    expect(await next.counts()).toMatchObject({ damaged: 0 });
  });
});

it('is opened by its options alone, too, and stays away from others', async () => {
  const fileSystem = memoryDisk();
  const [one, other] = [
    await PersistentQueue.open<string>({ journalDir: '/one', fileSystem }),
    await PersistentQueue.open<string>('/other', { fileSystem }),
  ];
  await one.put('for one');
  expect(await other.tryGet()).toBeUndefined();
  expect((await one.tryGet())?.value).toBe('for one');
});
