import { describe, expect, it } from 'vitest';
import { OwnerLostError } from '../../src/errors.ts';
import { arrivals, ownerOf, workerOf } from '../support/channel-worker.ts';
import { doAll, listed, QueueLives, take, takeAll } from '../support/queue-lives.ts';

describe('Q-23 a worker that dies', () => {
  it('gives all that it holds back at once, and each attempt counts', async () => {
    const { owner } = await ownerOf(['a', 'b', 'c']);
    const worker = workerOf(owner);
    await take(worker.queue);
    await take(worker.queue);
    const waiting = workerOf(owner).queue;
    expect((await take(waiting)).value).toBe('c');
    const next = waiting.get();
    await worker.die();
    expect(await next).toMatchObject({ value: 'a', attempt: 2 });
    expect(await take(owner)).toMatchObject({ value: 'b', attempt: 2 });
  });

  it('gives it to one who waits in a closed queue, who is not told of an end before', async () => {
    for (const how of ['die', 'release', 'fail'] as const) {
      const { owner } = await ownerOf(['a']);
      const [one, other] = [workerOf(owner), workerOf(owner)];
      const item = await take(one.queue);
      await owner.close();
      const [waiting, joined] = [other.queue.get(), owner.join()];
      await arrivals();
      await (how === 'die' ? one.die() : item[how](new Error('no')));
      const again = await waiting;
      expect(again?.value, how).toBe('a');
      await again?.done();
      await joined;
    }
  });

  it('with the poison that killed it, maxAttempts times: it is given up, and the rest goes on', async () => {
    const { owner, lives } = await ownerOf(['poison', 'food']);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const worker = workerOf(owner);
      expect(await take(worker.queue)).toMatchObject({ value: 'poison', attempt });
      await worker.die();
    }
    expect(await owner.counts()).toMatchObject({ waiting: 1, taken: 0, failed: 1 });
    expect(await doAll(workerOf(owner).queue)).toEqual(['food']);
    await owner.join();
    for (const queue of [owner, await lives.open()])
      expect(await listed(queue.failed())).toMatchObject([{ value: 'poison', attempts: 3, error: { name: 'KilledError' } }]);
  });

  it('while it waits takes nothing with it', async () => {
    const { owner } = await ownerOf([]);
    const worker = workerOf(owner);
    worker.queue.get().catch(() => undefined);
    await arrivals();
    await worker.die();
    await owner.put('a');
    expect(await take(owner)).toMatchObject({ value: 'a', attempt: 1 });
  });
});

describe('an owner', () => {
  it('that stops sharing takes back what the worker holds, and the worker is told', async () => {
    const { owner } = await ownerOf(['a']);
    const { queue, stopSharing } = workerOf(owner);
    const item = await take(queue);
    const waiting = queue.get();
    waiting.catch(() => undefined);
    await arrivals();
    stopSharing();
    await expect(waiting).rejects.toBeInstanceOf(OwnerLostError);
    expect(item.signal.aborted).toBe(true);
    await expect(item.done()).rejects.toBeInstanceOf(OwnerLostError);
    expect((await take(owner)).value).toBe('a');
  });

  it('that disposes gives back what its workers hold, uncounted as what it holds itself', async () => {
    const { owner, lives } = await ownerOf(['a', 'b']);
    await take(owner);
    const item = await take(workerOf(owner).queue);
    await owner.dispose();
    await arrivals();
    await expect(item.done()).rejects.toThrow();
    expect((await takeAll(await lives.open())).map(({ value, attempt }) => [value, attempt])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('whose value can not be sent tells so to the worker that asked, and to nobody the end', async () => {
    const lives = new QueueLives<unknown>({
      maxAttempts: 1,
      codec: { encode: String, decode: (text) => (text === 'code' ? () => text : text) },
    });
    const owner = await lives.open();
    await owner.putMany(['code', 'text']);
    const { queue } = workerOf(owner);
    const answers = await Promise.race([Promise.allSettled([queue.get(), queue.get()]), arrivals().then(() => 'no answer')]);
    expect(answers).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { value: 'text' } }]);
  });
});
