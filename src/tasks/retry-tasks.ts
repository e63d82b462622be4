import { checkOptions, type OptionRules, show } from '../queues/check-options.ts';
import type { SeenTask } from '../stores/store.ts';
import { DamagedRecordError } from '../stores/store-errors.ts';
import { listTasks } from './list-tasks.ts';
import { reopenTask } from './reopen-task.ts';
import { TaskLockedError } from './task-errors.ts';
import type { TrackerGround } from './tracker-ground.ts';

/** What may be put back to work. */
export type RetryStatus = 'failed' | 'ignored';

const RETRY_STATUSES: readonly RetryStatus[] = ['failed', 'ignored'];

/** Which tasks are meant: these ids, or all of these statuses. */
export type Selection = Iterable<string> | { readonly status: RetryStatus | readonly RetryStatus[] };

const RULES: OptionRules = {
  status: {
    wants: `${RETRY_STATUSES.join(', ')}, or a list of these`,
    test: (value) => [value].flat().every((one) => RETRY_STATUSES.some((status) => status === one)),
  },
};

/**
 * Puts back to work what failed or was given up: these, or all of them. Gives how many that was.
 * @throws TypeError for what selects nothing, DamagedRecordError for the first that can't be read: once all others were put back
 */
export async function retryTasks(ground: TrackerGround, selection: Selection = { status: RETRY_STATUSES }): Promise<number> {
  let count = 0;
  const unread: unknown[] = [];
  for (const id of await idsOf(ground, selection)) {
    const isRetried = await retryOne(ground, id).catch((error: unknown) => {
      if (!(error instanceof DamagedRecordError)) throw error;
      unread.push(error);
      return false;
    });
    if (isRetried) count += 1;
  }
  if (unread.length > 0) throw unread[0];
  return count;
}

/** False if it is no longer one that may be retried: another may have started it since it was seen. */
async function retryOne(ground: TrackerGround, id: string): Promise<boolean> {
  const { places } = ground;
  const isWanted = ({ place }: SeenTask): boolean => place === places.of('failed') || place === places.of('ignored');
  try {
    return (await reopenTask(ground, id, isWanted)) === 'reopened';
  } catch (error) {
    if (error instanceof TaskLockedError) return false;
    throw error;
  }
}

async function idsOf(ground: TrackerGround, selection: Selection): Promise<string[]> {
  if (typeof selection === 'object' && selection !== null && Symbol.iterator in selection) return [...selection];
  const status = typeof selection === 'object' ? selection?.status : undefined;
  if (status === undefined) throw new TypeError(`retry takes a list of ids, or { status }, got ${show(selection)}.`);
  checkOptions('retry', selection, RULES);
  return (await listTasks(ground, { status })).map(({ id }) => id);
}
