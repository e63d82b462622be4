import type { ConsumableQueue } from '../queues/queue.ts';
import type { WorkableQueue, WorkItem } from './work-item.ts';

/** Told when the end of an item, or of an attempt, is on disk. */
export interface Listener {
  done(item: WorkItem): Promise<void>;
  failed(item: WorkItem): void;
}

/** A queue as `consume` takes it, of which somebody is told. */
export function withEcho(queue: Pick<WorkableQueue, 'next' | 'maxAttempts'>, listener: Listener): ConsumableQueue<WorkItem> {
  return {
    maxAttempts: queue.maxAttempts,
    async get({ signal = NEVER } = {}) {
      signal.throwIfAborted();
      const item = await queue.next(signal);
      return item && echo(item, listener);
    },
  };
}

const NEVER = new AbortController().signal;

function echo(item: WorkItem, listener: Listener): WorkItem {
  const { value, name, id, attempt } = item;
  return {
    value,
    ...(name !== undefined && { name }),
    id,
    attempt,
    // Made when it is asked for.
    get signal() {
      return item.signal;
    },
    release: () => item.release(),
    async fail(error) {
      await item.fail(error);
      listener.failed(item);
    },
    async done() {
      await item.done();
      await listener.done(item);
    },
  };
}
