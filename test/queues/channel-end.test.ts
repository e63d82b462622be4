import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { assertEnd } from '../../src/queues/channel-end.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { QueueLives } from '../support/queue-lives.ts';

const NONE: readonly unknown[] = [undefined, null, 5, 'worker', {}, { on: () => undefined, off: () => undefined }, { send: () => true }];

it('is a port, or the process of a forked child', () => {
  const { port1, port2 } = new MessageChannel();
  assertEnd('share', port1);
  assertEnd('attach', port2);
  port1.close();
});

it('is refused if it is none, and the queue is used and left as ever', async () => {
  const lives = new QueueLives<string>();
  const queue = await lives.open();
  for (const end of NONE) {
    expect(() => void Reflect.apply(queue.share, queue, [end]), String(end)).toThrow(/^share takes a Worker, .*, got /);
    expect(() => void Reflect.apply(PersistentQueue.attach, PersistentQueue, [end]), String(end)).toThrow(/^attach takes a MessagePort, /);
  }
  await queue.put('a');
  await queue.dispose();
  await (await lives.open()).dispose();
});
