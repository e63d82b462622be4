import { describe, expect, it } from 'vitest';
import { QueueClosedError, QueueTimeoutError, UpstreamFailedError } from '../../src/errors.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { doAll, QueueLives, take, valuesOf } from '../support/queue-lives.ts';

/** What became of a promise by now: nothing, if it is still pending. */
async function outcomeOf<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown } | undefined> {
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return Promise.race([settled, new Promise<undefined>((resolve) => setImmediate(() => setImmediate(() => resolve(undefined))))]);
}

describe('get', () => {
  it('Q-10 is a typed error when its time is over, and the queue goes on', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    const waiting = queue.get({ timeoutMs: 500 });
    await lives.clock.advance(499);
    expect(await outcomeOf(waiting)).toBeUndefined();
    await lives.clock.advance(1);
    await expect(waiting).rejects.toBeInstanceOf(QueueTimeoutError);
    await expect(waiting).rejects.toMatchObject({
      code: 'ERR_QUEUE_TIMEOUT',
      operation: 'get',
      timeoutMs: 500,
      message: expect.stringContaining('/queue'),
    });
    await queue.put('a');
    expect((await queue.get({ timeoutMs: 0 }))?.value).toBe('a');
  });

  it('Q-10 waits for ever with a time that no timer can hold', async () => {
    const queue = await PersistentQueue.open<string>('/queue', { fileSystem: memoryDisk() });
    const long = [queue.get({ timeoutMs: 2 ** 31 }), queue.get({ timeoutMs: Infinity })];
    for (const one of long) one.catch(() => undefined);
    // The timer of this one was set last: if it rings first, the others were not cut short.
    await expect(queue.get({ timeoutMs: 20 })).rejects.toBeInstanceOf(QueueTimeoutError);
    await queue.putMany(['a', 'b']);
    expect((await Promise.allSettled(long)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    await queue.dispose();
  });

  it('Q-11 is rejected by its signal with its reason, and nothing is lost', async () => {
    const queue = await new QueueLives<string>().open();
    const stop = new AbortController();
    const reason = new Error('no more time');
    const waiting = [queue.get({ signal: stop.signal }), queue.get({ signal: stop.signal }), queue.get()] as const;
    stop.abort(reason);
    await expect(waiting[0]).rejects.toBe(reason);
    await expect(waiting[1]).rejects.toBe(reason);
    await expect(queue.get({ signal: stop.signal })).rejects.toBe(reason);
    await queue.putMany(['a', 'b']);
    expect((await waiting[2])?.value).toBe('a');
    expect(await doAll(queue)).toEqual(['b']);
  });

  it.each(['abort first', 'put first'])('Q-11 that meets a put in the same moment has the item or leaves it (%s)', async (order) => {
    const queue = await new QueueLives<string>({ durability: 'process' }).open();
    await queue.put('before');
    await doAll(queue);
    const stop = new AbortController();
    const waiting = queue.get({ signal: stop.signal });
    if (order === 'abort first') stop.abort();
    const put = queue.put('a');
    stop.abort();
    const got = await waiting.catch(() => undefined);
    await put;
    expect((await valuesOf(queue.outstanding())).length).toBe(1);
    expect(got ?? (await queue.tryGet())).toMatchObject({ value: 'a', attempt: 1 });
    expect(await queue.tryGet()).toBeUndefined();
  });

  it('gives to those who wait in the order in which they came', async () => {
    const queue = await new QueueLives<string>().open();
    const waiting = [queue.get(), queue.get(), queue.get()];
    await queue.putMany(['a', 'b', 'c', 'd']);
    expect((await Promise.all(waiting)).map((item) => item?.value)).toEqual(['a', 'b', 'c']);
  });

  it('Q-13 ends for all who wait when the queue is closed', async () => {
    const queue = await new QueueLives<string>().open();
    const waiting = [queue.get(), queue.get({ timeoutMs: 1_000 }), queue.get()];
    await queue.close();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
    expect(await queue.get()).toBeUndefined();
    await queue.close();
  });

  it('Q-13 gives what is left first, in a queue that is closed', async () => {
    const queue = await new QueueLives<string>().open();
    await queue.putMany(['a', 'b']);
    await queue.close();
    expect([(await queue.get())?.value, (await queue.get())?.value, await queue.get()]).toEqual(['a', 'b', undefined]);
  });

  it('Q-14 is rejected with the reason when the producer fails', async () => {
    const queue = await new QueueLives<string>().open();
    await queue.put('in hands');
    const item = await take(queue);
    const waiting = [queue.get(), queue.get()];
    for (const one of waiting) one.catch(() => undefined);
    const reason = new Error('the source is gone');
    await queue.fail(reason);
    for (const one of [...waiting, queue.get(), queue.tryGet()]) {
      await expect(one).rejects.toBeInstanceOf(UpstreamFailedError);
      await expect(one).rejects.toMatchObject({
        code: 'ERR_UPSTREAM_FAILED',
        where: '/queue',
        cause: reason,
        message: expect.stringContaining('the source is gone'),
      });
    }
    await item.done();
    await expect(queue.put('more')).rejects.toBeInstanceOf(QueueClosedError);
  });

  it('Q-14 keeps for the next run what was put before the producer failed', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    await queue.putMany(['a', 'b']);
    await queue.fail('out of luck');
    await queue.dispose();
    expect(await doAll(await lives.open())).toEqual(['a', 'b']);
  });

  it('is rejected when the queue is disposed of', async () => {
    const queue = await new QueueLives<string>().open();
    const waiting = queue.get();
    waiting.catch(() => undefined);
    await queue.dispose();
    await queue.dispose();
    for (const one of [waiting, queue.get(), queue.tryGet(), queue.put('a'), queue.putMany(['a'])]) {
      await expect(one).rejects.toBeInstanceOf(QueueClosedError);
    }
  });
});

describe('Q-12 capacity', () => {
  it('lets put wait until something is done, in the order in which they came', async () => {
    const queue = await new QueueLives<string>({ capacity: 2 }).open();
    await queue.putMany(['a', 'b']);
    const order: string[] = [];
    const waiting = ['c', 'd'].map(async (value) => {
      await queue.put(value);
      order.push(value);
    });
    expect(await outcomeOf(Promise.race(waiting))).toBeUndefined();
    const a = await take(queue);
    expect(await outcomeOf(Promise.race(waiting))).toBeUndefined();
    await a.done();
    await waiting[0];
    expect(order).toEqual(['c']);
    await (await take(queue)).done();
    await waiting[1];
    expect(await doAll(queue)).toEqual(['c', 'd']);
  });

  it('rejects put after its time, and nothing was put', async () => {
    const lives = new QueueLives<string>({ capacity: 1 });
    const queue = await lives.open();
    await queue.put('a');
    const waiting = queue.put('b', { timeoutMs: 200, key: 'k' });
    waiting.catch(() => undefined);
    await lives.clock.advance(200);
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_QUEUE_TIMEOUT', operation: 'put', timeoutMs: 200 });
    const stop = new AbortController();
    const aborted = queue.put('c', { signal: stop.signal });
    expect(await outcomeOf(aborted)).toBeUndefined();
    stop.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect(await valuesOf(queue.outstanding())).toEqual(['a']);
    await doAll(queue);
    expect(await queue.put('b', { key: 'k' })).toBe(true);
  });

  it('counts what earlier runs left, what is in hands, and not what was given up', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 1 });
    await (await lives.open()).putMany(['a', 'b', 'c']);
    const queue = await lives.open({ capacity: 3 });
    const waiting = queue.put('d');
    const item = await take(queue);
    expect(await outcomeOf(waiting)).toBeUndefined();
    await item.fail(new Error('no'));
    expect(await waiting).toBe(true);
  });

  it('makes putMany wait as it makes put', async () => {
    const queue = await new QueueLives<number>({ capacity: 3 }).open();
    const putting = queue.putMany([0, 1, 2, 3, 4, 5, 6, 7]);
    const done: number[] = [];
    while (done.length < 8) {
      const item = await queue.get();
      expect((await queue.counts()).waiting + (await queue.counts()).taken).toBeLessThanOrEqual(3);
      await item?.done();
      if (item) done.push(item.value);
    }
    expect(await putting).toBe(8);
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('ends the waiting when the queue is disposed of', async () => {
    const queue = await new QueueLives<string>({ capacity: 1 }).open();
    await queue.put('a');
    const waiting = queue.put('b');
    waiting.catch(() => undefined);
    await outcomeOf(waiting);
    await queue.dispose();
    await expect(waiting).rejects.toBeInstanceOf(QueueClosedError);
  });
});
