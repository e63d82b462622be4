import { Hands } from './hands.ts';
import type { QueueItem } from './queue-item.ts';

/** Somebody who takes items: this process, or a worker that it shares the queue with. */
export class Consumer<T> {
  /** What it has in hands. */
  readonly held = new Hands<QueueItem<T>>();
  /** It is gone: nobody will settle what it had. */
  ended = false;
}
