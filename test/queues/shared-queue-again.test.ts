import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { OwnerLostError, QueueClosedError } from '../../src/errors.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { arrivals, channel, ownerOf } from '../support/channel-worker.ts';
import { take } from '../support/queue-lives.ts';

describe('Q-22 a worker that has a queue', () => {
  it('is not given another one, nor the same again: both would answer what it asks once', async () => {
    const [first, second] = [await ownerOf(['a']), await ownerOf(['b'])];
    const { port1, port2 } = channel();
    first.owner.share(port1);
    for (const { owner } of [first, second]) {
      const share = (): unknown => owner.share(port1);
      expect(share).toThrow(TypeError);
      expect(share).toThrow('this worker is given the items of /queue already. End that first: call what its `share` returned.');
    }
    await (await take(PersistentQueue.attach<string>(port2))).done();
    expect(await first.owner.counts()).toMatchObject({ done: 1 });
    expect(await second.owner.counts()).toMatchObject({ waiting: 1, done: 0 });
  });

  it.each(['the result of share', 'dispose'] as const)('is given the next one after %s, and each answers for itself', async (how) => {
    const [first, second] = [await ownerOf(['a']), await ownerOf(['b'])];
    const { port1, port2 } = channel();
    const stopSharing = first.owner.share(port1);
    const queue = PersistentQueue.attach<string>(port2);
    const item = await take(queue);
    const waiting = queue.get();
    waiting.catch(() => undefined);
    await arrivals();
    if (how === 'dispose') await first.owner.dispose();
    else stopSharing();
    second.owner.share(port1);
    await expect(waiting).rejects.toBeInstanceOf(OwnerLostError);
    expect(item.signal.aborted).toBe(true);
    await expect(queue.get()).rejects.toBeInstanceOf(OwnerLostError);
    expect(await take(PersistentQueue.attach<string>(port2))).toMatchObject({ value: 'b', attempt: 1 });
  });

  it('and asked for an item when that ended takes none of the next one by that', async () => {
    const [first, second] = [await ownerOf([]), await ownerOf(['b'])];
    const { port1, port2 } = channel();
    const stopSharing = first.owner.share(port1);
    const queue = PersistentQueue.attach<string>(port2);
    const late = [queue.get(), queue.tryGet()];
    stopSharing();
    second.owner.share(port1);
    for (const asked of late) await expect(asked).rejects.toBeInstanceOf(OwnerLostError);
    await arrivals();
    expect(await take(second.owner)).toMatchObject({ value: 'b', attempt: 1 });
  });

  it('and is gone makes room at its end of the channel', async () => {
    const { owner } = await ownerOf([]);
    const { port1, port2 } = channel();
    owner.share(port1);
    const closed = once(port1, 'close');
    port2.close();
    await closed;
    expect(() => owner.share(port1)).not.toThrow();
  });
});

it('a queue that is disposed is shared with nobody', async () => {
  const { owner } = await ownerOf([]);
  await owner.dispose();
  expect(() => owner.share(channel().port1)).toThrow(QueueClosedError);
});
