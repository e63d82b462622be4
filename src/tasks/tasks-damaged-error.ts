import { WorkQueueError } from '../errors.ts';
import type { ConsumeReport } from '../queues/consume.ts';
import type { DamagedTaskReport } from './task.ts';

/** Records of tasks that are to be worked on can't be read. All others were worked on, and nothing was changed of these. */
export class TasksDamagedError extends WorkQueueError {
  readonly code = 'ERR_TASKS_DAMAGED';
  readonly useCase: string;
  readonly tasks: readonly DamagedTaskReport[];
  /** What was done with the others. */
  readonly report: ConsumeReport;

  constructor(useCase: string, tasks: readonly DamagedTaskReport[], report: ConsumeReport, options?: ErrorOptions) {
    super(`Tasks of ${useCase} can't be worked on. ${describe(tasks)}. Put copies back, or delete them (dibs task rm).`, options);
    this.useCase = useCase;
    this.tasks = tasks;
    this.report = report;
  }
}

/** More would fill the screen. */
const MOST_NAMED = 5;

function describe(tasks: readonly DamagedTaskReport[]): string {
  const named = tasks.slice(0, MOST_NAMED).map(({ path, reason }) => `${path} can't be read (${reason})`);
  return [...named, ...(tasks.length > MOST_NAMED ? [`and so on, ${tasks.length} in all`] : [])].join('; ');
}
