import type { ConsumeReport } from '../queues/consume.ts';
import type { WorkOptions } from '../tasks/task-runner.ts';
import type { BatchStatus } from './batch-status.ts';
import type { FailBatchOn } from './part-work.ts';
import type { ReduceWork } from './reduce-work.ts';

export interface PartOptions<P, R, V> {
  /** Errors of these classes fail the whole batch, with their own text; others fail the part alone, which is tried again. */
  readonly failBatchOn?: FailBatchOn;
  /** Run once, by whoever of those that bring one is first, when all parts have succeeded. */
  readonly reduce?: ReduceWork<P, R, V>;
}

/** As for tasks; but a batch has all its parts from the beginning. */
export type BatchWorkOptions<P, R, V> = PartOptions<P, R, V> & Omit<WorkOptions, 'follow'>;

export interface BatchWorkReport {
  readonly parts: ConsumeReport;
  /** Whether the reduce was done here. */
  readonly reduced: boolean;
  /** Null if the batch is gone: `deleteWhenDone`. */
  readonly status: BatchStatus | null;
}
