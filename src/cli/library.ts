import { JSON_OR_FOREIGN } from './foreign-value.ts';
import type { PersistentQueue } from '../queues/persistent-queue.ts';
import type { QueueReader } from '../queues/queue-reader.ts';
import type { PersistentQueueOptions } from '../queues/queue-options.ts';

/**
 * The library, each part loaded when a command needs it: help, and a complaint about what was typed, come at once, and
 * who only reads does not load what writes.
 */

export async function readQueue(directory: string): Promise<QueueReader<unknown>> {
  const library = await import('../queues/queue-reader.ts');
  return library.readQueue(directory, { codec: JSON_OR_FOREIGN });
}

export async function openPersistentQueue(directory: string, options: PersistentQueueOptions<unknown>): Promise<PersistentQueue<unknown>> {
  const library = await import('../queues/persistent-queue.ts');
  return library.PersistentQueue.open<unknown>(directory, { ...options, codec: JSON_OR_FOREIGN });
}
