import { TASK_STATUSES, type TaskStatus } from '../../machines/task-lifecycle.ts';
import type { TaskTracker } from '../../tasks/task-tracker.ts';
import type { StepOptions } from './task-options.ts';

/** These statuses, in their order, of the step that is meant; of all steps, if none is. */
export async function statusesIn(
  tracker: TaskTracker<unknown>,
  { codes }: StepOptions,
  statuses: readonly TaskStatus[] = TASK_STATUSES,
): Promise<(TaskStatus | number)[]> {
  const there = codes === undefined ? await tracker.countsOfAllSteps() : [];
  const codesOf = (status: TaskStatus): number[] =>
    there.flatMap((one) => (one.status === status && one.code !== undefined ? [one.code] : []));
  return statuses.flatMap((status) => [status, ...codesOf(status)]);
}
