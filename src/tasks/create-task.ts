import { checkOptions, type OptionRules } from '../queues/check-options.ts';
import { formatTaskRecord } from '../formats/task-record.ts';
import { whyNoId } from '../formats/task-name.ts';
import { TASK_STATUSES, type TaskStatus } from '../machines/task-lifecycle.ts';
import { copyOf } from './task-data.ts';
import { TaskIdError } from './task-errors.ts';
import { nowOf, type TrackerGround } from './tracker-ground.ts';

export interface NewTask {
  /** Before that it is not started. @default at once */
  readonly notBefore?: Date;
  /** For what went on elsewhere before, as work that is brought over from another system. @default 'pending' */
  readonly status?: Exclude<TaskStatus, 'running'>;
}

/** A task that is to be created beside others. */
export type TaskEntry<T> = readonly [id: string, data: T, options?: NewTask];

const RULES: Readonly<Record<keyof NewTask, OptionRules[string]>> = {
  notBefore: { wants: 'a Date', test: (value) => value instanceof Date && !Number.isNaN(value.getTime()) },
  status: {
    wants: 'pending, succeeded, failed or ignored',
    test: (value) => value !== 'running' && TASK_STATUSES.some((status) => status === value),
  },
};

/** Creates a task if there is none of that id: false if there is, and nothing was changed. */
export async function createTask(ground: TrackerGround, id: string, data: unknown, options: NewTask = {}): Promise<boolean> {
  assertTaskId(id);
  checkOptions('create', options, RULES);
  const { notBefore, status = 'pending' } = options;
  const valid = copyOf(await ground.valid(data));
  const now = nowOf(ground);
  const record = { data: valid, attempts: 0, failures: 0, createdAt: now, updatedAt: now, errors: [], errorsDropped: 0 };
  const fields = formatTaskRecord({ ...record, notBefore: notBefore?.toISOString() });
  return ground.store.create(id, ground.places.of(status), fields);
}

/** @throws TaskIdError */
function assertTaskId(id: string): void {
  const why = whyNoId(id);
  if (why !== null) throw new TaskIdError('the id of a task', String(id), why);
}
