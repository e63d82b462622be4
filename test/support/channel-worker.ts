import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import type { AttachedQueue } from '../../src/queues/attached-queue.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { QueueLives } from './queue-lives.ts';

/** The two ends of a channel, closed when the test is over. */
export function channel(): { readonly port1: MessagePort; readonly port2: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => {
    port1.close();
    port2.close();
  });
  return { port1, port2 };
}

export interface ChannelWorker<T> {
  readonly queue: AttachedQueue<T>;
  /** Ends it as a crash would: its end of the channel closes, and nothing is said. */
  die(): Promise<void>;
  readonly stopSharing: () => void;
}

/** A worker at the other end of a channel: what threads and forked children are, without their start. */
export function workerOf<T>(owner: PersistentQueue<T>): ChannelWorker<T> {
  const { port1, port2 } = channel();
  const stopSharing = owner.share(port1);
  return {
    queue: PersistentQueue.attach<T>(port2),
    stopSharing,
    async die() {
      const closed = once(port1, 'close');
      port2.close();
      await closed;
      await arrivals();
    },
  };
}

/** Lets messages of channels arrive. */
export async function arrivals(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

/** An owner that has put these values. */
export async function ownerOf(
  values: readonly string[],
  maxAttempts = 3,
): Promise<{ owner: PersistentQueue<string>; lives: QueueLives<string> }> {
  const lives = new QueueLives<string>({ maxAttempts });
  const owner = await lives.open();
  await owner.putMany(values);
  return { owner, lives };
}
