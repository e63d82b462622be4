import { formatPlace } from '../../machines/task-place.ts';
import type { TaskTracker } from '../../tasks/task-tracker.ts';
import type { TaskTrackerOptions } from '../../tasks/tracker-options.ts';
import type { Surroundings } from '../command.ts';
import { openStore, openTracker } from '../library.ts';
import { NotThereError } from '../not-there-error.ts';
import type { StoreCall } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import type { StepOptions } from './task-options.ts';

type TrackerOptions = Omit<TaskTrackerOptions<unknown>, 'useCase' | 'clock' | 'statuses'>;

/** Opens the tasks of a use case that is there: a misspelt one is an error, and makes nothing. @throws NotThereError */
export async function withTasks<R>(
  { clock }: Surroundings,
  { store: url, options: { useCase, codes } }: StoreCall<StepOptions>,
  use: (tracker: TaskTracker<unknown>) => Promise<R>,
  options: TrackerOptions = {},
): Promise<R> {
  const store = await openStore(url, { clock });
  try {
    if (!(await store.names('tasks')).includes(useCase))
      throw new NotThereError(`There are no tasks of ${useCase} in ${url}. Check --store and --use-case; dibs task create makes them.`);
    const tracker = await openTracker(store, { ...options, ...(codes && { statuses: codes }), useCase, clock });
    try {
      return await use(tracker);
    } finally {
      await tracker.dispose();
    }
  } finally {
    await store.dispose();
  }
}

/** The same for what moves tasks, which is done in one step: it must be said which where there are several. @throws UsageError */
export function withStep<R>(
  surroundings: Surroundings,
  call: StoreCall<StepOptions>,
  use: (tracker: TaskTracker<unknown>) => Promise<R>,
  options: TrackerOptions = {},
): Promise<R> {
  const useStep = async (tracker: TaskTracker<unknown>): Promise<R> => {
    await assertStep(tracker, call.options);
    return use(tracker);
  };
  return withTasks(surroundings, call, useStep, options);
}

/** @throws UsageError if the statuses have codes, and none were given */
export async function assertStep(tracker: TaskTracker<unknown>, { codes }: StepOptions): Promise<void> {
  if (codes !== undefined) return;
  const coded = (await tracker.countsOfAllSteps()).filter(({ code }) => code !== undefined);
  if (coded.length === 0) return;
  const there = coded.map(({ status, code }) => formatPlace(status, code)).join(', ');
  throw new UsageError(
    `the statuses of the tasks of ${tracker.useCase} have codes (${there}): say which step is meant, with the codes of its pending, running, succeeded, failed and ignored: --codes 10,12,16,14,18, for one`,
  );
}
