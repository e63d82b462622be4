import { describe, expect, it } from 'vitest';
import { ItemSettledError } from '../../src/errors.ts';
import type { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { doAll, listed, QueueLives, take, takeAll } from '../support/queue-lives.ts';

const SETTLING = ['done', 'release', 'fail'] as const;

async function holding(...values: string[]): Promise<PersistentQueue<string>> {
  const queue = await new QueueLives<string>().open();
  await queue.putMany(values);
  return queue;
}

describe('Q-16 an item that is settled', () => {
  it.each(SETTLING.flatMap((first) => SETTLING.map((second) => [first, second] as const)))(
    'by %s refuses %s, which changes nothing',
    async (first, second) => {
      const queue = await holding('a', 'b');
      const item = await take(queue);
      await item[first](new Error('no'));
      const before = { counts: await queue.counts(), outstanding: await listed(queue.outstanding()) };
      const again = item[second](new Error('no'));
      await expect(again).rejects.toBeInstanceOf(ItemSettledError);
      await expect(again).rejects.toMatchObject({
        code: 'ERR_ITEM_SETTLED',
        operation: second,
        id: item.id,
        before: { done: 'done', release: 'released', fail: 'failed' }[first],
      });
      expect({ counts: await queue.counts(), outstanding: await listed(queue.outstanding()) }).toEqual(before);
    },
  );

  it.each(SETTLING)('in the same moment twice by %s: one wins, one is told', async (how) => {
    const queue = await holding('a');
    const item = await take(queue);
    const outcomes = await Promise.allSettled([item[how](new Error('no')), item[how](new Error('no'))]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await queue.counts()).toMatchObject({ taken: 0, waiting: how === 'done' ? 0 : 1, done: how === 'done' ? 1 : 0 });
  });

  it('by another delivery of it does not touch that one', async () => {
    const queue = await holding('a');
    const first = await take(queue);
    await first.release();
    const second = await take(queue);
    await expect(first.done()).rejects.toBeInstanceOf(ItemSettledError);
    expect(await queue.counts()).toMatchObject({ taken: 1, done: 0 });
    await second.done();
  });
});

describe('Q-17 what is released', () => {
  it('goes to somebody else at its old place, and no attempt is counted', async () => {
    const queue = await holding('a', 'b', 'c', 'd');
    const [a, b, c] = [await take(queue), await take(queue), await take(queue)];
    await c.release();
    await a.release();
    await b.release();
    const again = await takeAll(queue);
    expect(again.map(({ value, attempt, id }) => [value, attempt, id === a.id])).toEqual([
      ['a', 1, true],
      ['b', 1, false],
      ['c', 1, false],
      ['d', 1, false],
    ]);
  });

  it('goes at once to one who waits', async () => {
    const queue = await holding('a');
    const item = await take(queue);
    const waiting = queue.get();
    await item.release();
    expect((await waiting)?.id).toBe(item.id);
  });

  it('keeps its place and its attempts through a crash', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    await queue.putMany(['a', 'b']);
    await (await take(queue)).fail(new Error('once'));
    await (await take(queue)).release();
    await (await take(queue)).release();
    expect((await takeAll(await lives.open())).map(({ value, attempt }) => [value, attempt])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

describe('Q-18 markAllDone', () => {
  it('leaves nothing outstanding: not what waits, not what is in hands, not what earlier runs left', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024, maxAttempts: 1 });
    const first = await lives.open();
    await first.putMany(Array.from({ length: 50 }, (_, index) => `old ${index} ${'.'.repeat(50)}`));
    await (await take(first)).fail(new Error('no'));
    const queue = await lives.open();
    await queue.putMany(['new 1', 'new 2']);
    const item = await take(queue);
    expect(await queue.markAllDone()).toBe(51);
    await expect(item.done()).rejects.toBeInstanceOf(ItemSettledError);
    expect(await listed(queue.outstanding())).toEqual([]);
    expect(await queue.tryGet()).toBeUndefined();
    expect(await queue.counts()).toMatchObject({ waiting: 0, taken: 0, failed: 1 });
    await queue.join();
    expect(await queue.markAllDone()).toBe(0);
    await queue.put('later');
    expect(await doAll(queue)).toEqual(['later']);
    expect(await takeAll(await lives.open())).toEqual([]);
  });

  it('reaches what is not admitted with resume: false', async () => {
    const lives = new QueueLives<string>();
    await (await lives.open()).putMany(['a', 'b']);
    const queue = await lives.open({ resume: false });
    expect(await queue.markAllDone()).toBe(2);
    expect(await queue.requeueOutstanding()).toBe(0);
    expect(await takeAll(await lives.open())).toEqual([]);
  });
});
