import { describe, expect, it } from 'vitest';
import { ItemSettledError, OwnerLostError } from '../../src/errors.ts';
import { AttachedQueue } from '../../src/queues/attached-queue.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';
import { arrivals, channel, ownerOf, workerOf } from '../support/channel-worker.ts';
import { gate } from '../support/gate.ts';
import { QueueLives, take, takeAll } from '../support/queue-lives.ts';

describe('Q-22 a worker that disposes', () => {
  it('while it waits is given nothing any more: the next message is for others', async () => {
    const { owner } = await ownerOf([]);
    const { queue } = workerOf(owner);
    const waiting = [queue.get(), queue.get({ timeoutMs: 60_000 })];
    for (const one of waiting) one.catch(() => undefined);
    await arrivals();
    await queue.dispose();
    for (const one of waiting) await expect(one).rejects.toBeInstanceOf(OwnerLostError);
    await owner.put('a');
    await arrivals();
    expect(await take(owner)).toMatchObject({ value: 'a', attempt: 1 });
  });

  it('while items are on the way to it gives them back unseen, uncounted', async () => {
    const { owner } = await ownerOf(['a', 'b', 'c']);
    const { queue } = workerOf(owner);
    const held = await take(queue);
    const asked = [queue.get(), queue.tryGet()];
    for (const one of asked) one.catch(() => undefined);
    await queue.dispose();
    for (const one of asked) await expect(one).rejects.toBeInstanceOf(OwnerLostError);
    await expect(held.done()).rejects.toBeInstanceOf(ItemSettledError);
    expect(held.signal.aborted).toBe(true);
    expect((await takeAll(owner)).map(({ value, attempt }) => [value, attempt])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('while the owner still looks at a value waits for that, and gives it back', async () => {
    const looked = gate();
    let isPut = false;
    const validate = async (value: unknown): Promise<{ value: string }> => {
      if (isPut) await looked.opened;
      return { value: String(value) };
    };
    const owner = await new QueueLives<string>({ schema: { '~standard': { version: 1, vendor: 'test', validate } } }).open();
    await owner.put('a');
    isPut = true;
    const { queue } = workerOf(owner);
    const asked = queue.get();
    asked.catch(() => undefined);
    const disposed = queue.dispose();
    expect(await Promise.race([disposed, arrivals().then(() => 'it waits')])).toBe('it waits');
    looked.open();
    await disposed;
    await expect(asked).rejects.toBeInstanceOf(OwnerLostError);
    expect(await take(owner)).toMatchObject({ value: 'a', attempt: 1 });
  });

  it('while it settles an item hears how that ended first', async () => {
    const { owner } = await ownerOf(['a']);
    const { queue } = workerOf(owner);
    const done = (await take(queue)).done();
    await queue.dispose();
    await done;
    expect(await owner.counts()).toMatchObject({ done: 1, waiting: 0, taken: 0 });
  });

  it('in its loop comes out of it with a break', async () => {
    const { owner } = await ownerOf(['a']);
    const { queue } = workerOf(owner);
    for await (const item of queue) {
      await queue.dispose();
      expect(item.value).toBe('a');
      break;
    }
    expect(await take(owner)).toMatchObject({ value: 'a', attempt: 1 });
  });

  it('at once, or at a port that nobody shares a queue with, is not kept waiting', async () => {
    await PersistentQueue.attach(channel().port2).dispose();
  });

  it('may attach again, and hears nothing of what it asked before', async () => {
    const { owner } = await ownerOf(['a']);
    const { port1, port2 } = channel();
    owner.share(port1);
    const first = PersistentQueue.attach<string>(port2);
    const asked = first.get();
    asked.catch(() => undefined);
    await first.dispose();
    await expect(asked).rejects.toBeInstanceOf(OwnerLostError);
    await (await take(PersistentQueue.attach<string>(port2))).done();
    expect(await owner.counts()).toMatchObject({ done: 1, taken: 0 });
  });
});

it('a get of a worker is out of time by the code of its end, whatever the text says', async () => {
  const { port1, port2 } = channel();
  const waiting = PersistentQueue.attach(port2).get({ timeoutMs: 60_000 });
  const [request]: unknown[] = await new Promise((resolve) => port1.on('message', (...args) => resolve(args)));
  port1.postMessage({
    dibs: 'reply',
    number: Reflect.get(Object(request), 'number'),
    error: { name: 'Error', message: 'abgebrochen', code: 'ERR_GET_CANCELLED' },
  });
  await expect(waiting).rejects.toMatchObject({ code: 'ERR_QUEUE_TIMEOUT' });
});

describe('a worker whose owner does not answer', () => {
  /** At a port at which nobody shares a queue, yet. */
  function attached() {
    const { port1, port2 } = channel();
    const clock = manualClock();
    return { port1, clock, queue: new AttachedQueue<string>(port2, clock) };
  }

  async function waitInVain(queue: AttachedQueue<string>, clock: ManualClock): Promise<void> {
    const waiting = queue.get({ timeoutMs: 1 });
    waiting.catch(() => undefined);
    for (const ms of [1, 1_000]) await clock.advance(ms);
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_QUEUE_TIMEOUT' });
  }

  const stateOf = (promise: Promise<unknown>): Promise<unknown> =>
    Promise.race([promise.catch((error: unknown) => error), arrivals().then(() => 'it waits')]);

  it('is out of time all the same', async () => {
    const { clock, queue } = attached();
    const waiting = queue.get({ timeoutMs: 200 });
    waiting.catch(() => undefined);
    await clock.advance(200);
    expect(await stateOf(waiting)).toBe('it waits');
    await clock.advance(1_000);
    expect(await stateOf(waiting)).toMatchObject({ code: 'ERR_QUEUE_TIMEOUT' });
  });

  it('waits no more when its signal says so', async () => {
    const { clock, queue } = attached();
    const abort = new AbortController();
    const waiting = queue.get({ signal: abort.signal });
    waiting.catch(() => undefined);
    abort.abort(new Error('enough'));
    await clock.advance(1_000);
    expect(await stateOf(waiting)).toMatchObject({ message: 'enough' });
  });

  it('is disposed all the same', async () => {
    const { clock, queue } = attached();
    const waiting = queue.get();
    waiting.catch(() => undefined);
    const disposed = queue.dispose();
    expect(await stateOf(disposed)).toBe('it waits');
    await clock.advance(5_000);
    expect(await stateOf(disposed)).toBeUndefined();
    expect(await stateOf(waiting)).toBeInstanceOf(OwnerLostError);
  });

  it('gives back, uncounted, what comes when nobody waits for it any more', async () => {
    const { port1, clock, queue } = attached();
    await waitInVain(queue, clock);
    const heard: object[] = [];
    port1.on('message', (message) => heard.push(Object(message)));
    await arrivals();
    expect(heard).toMatchObject([{ operation: 'get' }, { operation: 'cancel' }]);
    const number: unknown = Reflect.get(heard[0] ?? {}, 'number');
    port1.postMessage({ dibs: 'reply', number, item: { id: 'late', maxAttempts: 3, attempt: 1, value: 'a' } });
    await arrivals();
    expect(heard[2]).toMatchObject({ operation: 'release', id: 'late' });
  });

  it('leaves nothing behind when the owner comes to hear of it', async () => {
    const { port1, clock, queue } = attached();
    await waitInVain(queue, clock);
    const { owner } = await ownerOf(['a']);
    owner.share(port1);
    await arrivals();
    expect(await take(owner)).toMatchObject({ value: 'a', attempt: 1 });
    await queue.dispose();
  });
});
