import type { SettleableItem } from '../queues/queue.ts';

/** A message that a program is run for: a value, or a file by its path. */
export interface WorkItem extends SettleableItem {
  /** What stands for it in a command. */
  readonly value: unknown;
  /** The file's own name; undefined for a value. */
  readonly name?: string;
}

/** How many messages there are. */
export interface Standing {
  /** As the library counts them. */
  readonly counts: Readonly<Record<string, number | null>>;
  /** Those that are not at their end. */
  readonly left: number;
  /** Those that were given up. */
  readonly failed: number;
}

/** What `dibs work` needs of a queue. */
export interface WorkableQueue {
  readonly maxAttempts: number;
  /** The next message; undefined when it is time to end, or, to who has some in hands, when there is none now. */
  next(signal: AbortSignal): Promise<WorkItem | undefined>;
  standing(): Promise<Standing>;
  /** How many are left now, as far as is known, where others work on it too. */
  left?(): number;
}
