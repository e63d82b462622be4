import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  ItemSettledError,
  OwnerLostError,
  PermanentError,
  QueueClosedError,
  QueueTimeoutError,
  UpstreamFailedError,
} from '../../src/errors.ts';
import { consume } from '../../src/queues/consume.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { arrivals, channel, ownerOf, workerOf } from '../support/channel-worker.ts';
import { listed, QueueLives, take, takeAll } from '../support/queue-lives.ts';

describe('Q-22 a worker', () => {
  it('takes what the owner has, and settles it', async () => {
    const { owner, lives } = await ownerOf(['a', 'b', 'c', 'd'], 2);
    const { queue } = workerOf(owner);
    const [a, b, c] = [await queue.get(), await queue.tryGet(), await take(queue)];
    expect([a, b, c].map((item) => [item?.value, item?.id, item?.attempt])).toEqual([
      ['a', '00000001-0000000001', 1],
      ['b', '00000001-0000000002', 1],
      ['c', '00000001-0000000003', 1],
    ]);
    expect(await owner.counts()).toMatchObject({ waiting: 1, taken: 3 });
    await a?.done();
    await b?.release();
    await c.fail(new RangeError('not c'));
    expect((await takeAll(owner)).map(({ value, attempt }) => [value, attempt])).toEqual([
      ['b', 1],
      ['c', 2],
      ['d', 1],
    ]);
    expect((await takeAll(await lives.open())).map(({ value }) => value)).not.toContain('a');
  });

  it('is told of each value as it was put', async () => {
    const owner = await new QueueLives<unknown>().open();
    const values = [0, false, null, '', 'tab\t\n😀', { a: [1, { b: null }] }, 'x'.repeat(1_000_000)];
    await owner.putMany(values);
    expect((await takeAll(workerOf(owner).queue)).map(({ value }) => value)).toEqual(values);
  });

  it('gives up with the reason it had, at once with a PermanentError', async () => {
    const { owner } = await ownerOf(['a', 'b']);
    const { queue } = workerOf(owner);
    await (await take(queue)).fail(new PermanentError('hopeless'));
    for (let attempt = 1; attempt <= 3; attempt += 1) await (await take(queue)).fail(new RangeError('out of range'));
    expect(await listed(owner.failed())).toMatchObject([
      { value: 'a', attempts: 1, error: { name: 'PermanentError', message: 'hopeless' } },
      { value: 'b', attempts: 3, error: { name: 'RangeError', message: 'out of range', stack: expect.stringContaining('shared-queue') } },
    ]);
  });

  it('is refused a second settling, which changes nothing', async () => {
    const { owner } = await ownerOf(['a']);
    const item = await take(workerOf(owner).queue);
    await item.done();
    for (const settle of ['done', 'release', 'fail'] as const)
      await expect(item[settle](new Error('no'))).rejects.toBeInstanceOf(ItemSettledError);
    expect(await owner.counts()).toMatchObject({ done: 1, waiting: 0 });
  });

  it('goes on with for await until the queue is closed and empty; a break gives the last one back', async () => {
    const { owner } = await ownerOf(['a', 'b', 'c']);
    const { queue } = workerOf(owner);
    for await (const item of queue) {
      if (item.value === 'b') break;
      await item.done();
    }
    await owner.close();
    const rest: string[] = [];
    for await (const item of queue) {
      rest.push(`${item.value} ${item.attempt}`);
      await item.done();
    }
    expect(rest).toEqual(['b 1', 'c 1']);
  });

  it('waits no longer than it wants, and nothing is lost by that', async () => {
    const { owner } = await ownerOf([]);
    const { queue } = workerOf(owner);
    await expect(queue.get({ timeoutMs: 5 })).rejects.toBeInstanceOf(QueueTimeoutError);
    const stop = new AbortController();
    const waiting = queue.get({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(queue.get({ signal: stop.signal })).rejects.toThrow('enough');
    await owner.put('a');
    expect((await take(queue)).value).toBe('a');
  });

  it.each<[object, string]>([
    [{ timeoutMs: -1 }, 'get: timeoutMs must be milliseconds, from 0, got -1'],
    [{ timeout: 5 }, 'get has no option timeout'],
    [{ signal: 5 }, 'get: signal must be an AbortSignal, got 5'],
  ])('is refused what can not be meant, as in the owner: get(%o)', async (options, message) => {
    const { owner } = await ownerOf(['a']);
    const refused = workerOf(owner).queue.get(options);
    await expect(refused).rejects.toBeInstanceOf(TypeError);
    await expect(refused).rejects.toThrow(message);
  });

  it('is told that the producer failed, and that the owner has disposed of the queue', async () => {
    const failing = (await ownerOf([])).owner;
    const waiting = workerOf(failing).queue.get();
    waiting.catch(() => undefined);
    await arrivals();
    await failing.fail(new Error('the source is gone'));
    await expect(waiting).rejects.toBeInstanceOf(UpstreamFailedError);
    await expect(waiting).rejects.toThrow('the source is gone');

    const disposed = (await ownerOf([])).owner;
    const { queue } = workerOf(disposed);
    const other = queue.get();
    other.catch(() => undefined);
    await arrivals();
    await disposed.dispose();
    const error: unknown = await other.catch((reason: unknown) => reason);
    expect(error instanceof QueueClosedError || error instanceof OwnerLostError).toBe(true);
  });

  it('is told when an item is not its own any more', async () => {
    const { owner } = await ownerOf(['a']);
    const item = await take(workerOf(owner).queue);
    await owner.markAllDone();
    await arrivals();
    expect(item.signal.aborted).toBe(true);
    await expect(item.done()).rejects.toBeInstanceOf(ItemSettledError);
  });

  it('that disposes gives back what it holds, uncounted, and asks no more', async () => {
    const { owner } = await ownerOf(['a', 'b']);
    const { queue } = workerOf(owner);
    const item = await take(queue);
    await queue.dispose();
    await queue.dispose();
    await expect(queue.get()).rejects.toBeInstanceOf(OwnerLostError);
    await expect(item.done()).rejects.toThrow();
    expect((await takeAll(owner)).map(({ value, attempt }) => [value, attempt])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('shares with others: each item goes to one of them', async () => {
    const values = Array.from({ length: 200 }, (_, index) => `${index}`);
    const { owner } = await ownerOf(values, 3);
    const workers = [1, 2, 3].map(() => workerOf(owner));
    await owner.close();
    const done: string[] = [];
    const handle = async ({ value }: { value: string }): Promise<void> => {
      await nextTurn();
      done.push(value);
    };
    const reports = await Promise.all(
      [owner, ...workers.map(({ queue }) => queue)].map((queue) => consume(queue, handle, { concurrency: 3 })),
    );
    expect(done.toSorted((a, b) => Number(a) - Number(b))).toEqual(values);
    for (const report of reports) expect(report.done).toBeGreaterThan(0);
  });

  it('uses its channel beside others: foreign messages are let be', async () => {
    const { owner } = await ownerOf(['a']);
    const { port1, port2 } = channel();
    owner.share(port1);
    const queue = PersistentQueue.attach<string>(port2);
    for (const foreign of [
      null,
      5,
      'text',
      { dibs: 'other' },
      { dibs: 'request', operation: 'rm', number: 1 },
      { dibs: 'request', operation: 'done', number: 'x' },
      [],
      { dibs: 'reply' },
    ]) {
      port2.postMessage(foreign);
      port1.postMessage(foreign);
    }
    expect((await take(queue)).value).toBe('a');
  });

  it('can’t settle what it does not hold', async () => {
    const { owner } = await ownerOf(['a']);
    const { port1, port2 } = channel();
    owner.share(port1);
    await take(owner);
    const reply = once(port2, 'message');
    port2.postMessage({ dibs: 'request', operation: 'done', number: 1, id: '00000001-0000000001' });
    expect((await reply)[0]).toMatchObject({
      dibs: 'reply',
      number: 1,
      error: { message: expect.stringContaining('00000001-0000000001') },
    });
    expect(await owner.counts()).toMatchObject({ taken: 1, done: 0 });
  });
});
