import { QueueTimeoutError } from '../errors.ts';
import { pause } from '../queues/consume-abort.ts';
import type { ConsumableQueue, GetOptions } from '../queues/queue.ts';
import { lookAgainMs } from './look-again.ts';
import type { TaskItem } from './task-item.ts';
import type { TrackerGround } from './tracker-ground.ts';

export interface TaskQueueParts<T> {
  readonly ground: TrackerGround;
  /** Starts any task that is due; undefined if none is now. */
  readonly next: () => Promise<TaskItem<T> | undefined>;
  /** Whether anything is left that is due, or may come to be. */
  readonly hasMore: () => Promise<boolean>;
  /** Called when nothing is due, and something may come to be, before each wait. */
  readonly waits: () => Promise<void>;
  /** How long to wait before looking again when nothing is due, in milliseconds. */
  readonly pollIntervalMs: number;
  /** Whether to wait for tasks that nobody has created yet. */
  readonly follow: boolean;
  /** A signal that aborts when something of this runner is settled: it may be due again. */
  readonly settled: () => AbortSignal;
  /** Aborts when nothing more is started. */
  readonly ended: AbortSignal;
}

/** The tasks of a tracker as a queue: whatever is due. It ends when nothing is left that may come to be due. */
export class TaskQueue<T> implements ConsumableQueue<TaskItem<T>> {
  readonly maxAttempts: number;
  readonly #parts: TaskQueueParts<T>;

  constructor(parts: TaskQueueParts<T>) {
    this.#parts = parts;
    this.maxAttempts = parts.ground.maxAttempts;
  }

  async get({ timeoutMs, signal }: GetOptions = {}): Promise<TaskItem<T> | undefined> {
    const { ground, next, hasMore, waits, pollIntervalMs, follow, ended } = this.#parts;
    const signals = signal === undefined ? [ended] : [ended, signal];
    const began = ground.clock.monotonic();
    for (;;) {
      signal?.throwIfAborted();
      if (ended.aborted) return undefined;
      // Asked for first: what is settled while it is looked may be due then.
      const settled = this.#parts.settled();
      const item = await next();
      if (item !== undefined) return item;
      if (!follow && !(await hasMore())) return undefined;
      const left = timeoutMs === undefined ? Infinity : timeoutMs - (ground.clock.monotonic() - began);
      await waits();
      if (left <= 0) throw new QueueTimeoutError('work', ground.useCase, timeoutMs ?? 0);
      await pause(ground.clock, Math.min(left, lookAgainMs(pollIntervalMs, ground.leaseMs)), [...signals, settled]);
    }
  }
}
