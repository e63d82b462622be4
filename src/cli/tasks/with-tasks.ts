import type { TaskTracker } from '../../tasks/task-tracker.ts';
import type { TaskTrackerOptions } from '../../tasks/tracker-options.ts';
import type { Surroundings } from '../command.ts';
import { openStore, openTracker } from '../library.ts';
import { NotThereError } from '../not-there-error.ts';
import type { StoreCall } from '../store-command.ts';
import type { TaskOptions } from './task-options.ts';

type TrackerOptions = Omit<TaskTrackerOptions<unknown>, 'useCase' | 'clock'>;

/** Opens the tasks of a use case that is there: a misspelt one is an error, and makes nothing. @throws NotThereError */
export async function withTasks<R>(
  { clock }: Surroundings,
  { store: url, options: { useCase } }: StoreCall<TaskOptions>,
  use: (tracker: TaskTracker<unknown>) => Promise<R>,
  options: TrackerOptions = {},
): Promise<R> {
  const store = await openStore(url, { clock });
  try {
    if (!(await store.names('tasks')).includes(useCase))
      throw new NotThereError(`There are no tasks of ${useCase} in ${url}. Check --store and --use-case; dibs task create makes them.`);
    const tracker = await openTracker(store, { ...options, useCase, clock });
    try {
      return await use(tracker);
    } finally {
      await tracker.dispose();
    }
  } finally {
    await store.dispose();
  }
}
