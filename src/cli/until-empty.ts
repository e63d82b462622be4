import type { ConsumableQueue, Item } from '../queues/queue.ts';
import type { WorkSummary } from './render/work-display.ts';

/** What `dibs work` needs of a queue. */
export interface WorkableQueue {
  readonly maxAttempts: number;
  tryGet(): Promise<Item<unknown> | undefined>;
  counts(): Promise<WorkSummary['counts']>;
}

/**
 * A queue that ends when nothing is left, closed or not: nobody else can put while we own it, so waiting would be for
 * ever. `told` is called when an item's end is on disk.
 */
export function untilEmpty(
  queue: Pick<WorkableQueue, 'tryGet' | 'maxAttempts'>,
  told: (item: Item<unknown>) => Promise<void>,
): ConsumableQueue<Item<unknown>> {
  return {
    maxAttempts: queue.maxAttempts,
    async get(options) {
      options?.signal?.throwIfAborted();
      const item = await queue.tryGet();
      return item && withEcho(item, told);
    },
  };
}

function withEcho(item: Item<unknown>, told: (item: Item<unknown>) => Promise<void>): Item<unknown> {
  const { value, id, attempt, signal } = item;
  return {
    value,
    id,
    attempt,
    signal,
    release: () => item.release(),
    fail: (error) => item.fail(error),
    async done() {
      await item.done();
      await told(item);
    },
  };
}
