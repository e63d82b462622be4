import type { TaskProgress } from '../formats/task-record.ts';
import type { TaskHolder } from '../stores/store.ts';
import { taskOf } from '../tasks/task.ts';
import { type BatchGround, isPart, REDUCE } from './batch-ground.ts';

/** A part, or the reduce, that somebody has. */
export interface RunningPart {
  /** `reduce` for the reduce. */
  readonly partId: string;
  /** The how manieth, over all its life. */
  readonly attempt: number;
  readonly holder: TaskHolder;
  /** When this attempt was started, by the store's clock, as ISO 8601; not there where the store can't tell. */
  readonly startedAt?: string;
  /** How far it is, as far as it said. */
  readonly progress?: TaskProgress;
}

/** More than anybody looks at. */
const MOST_READ = 256;

/** What somebody has, in order; a record each. */
export async function runningParts(ground: BatchGround): Promise<RunningPart[]> {
  const { id, tasks } = ground;
  const skips = (one: string): boolean => one !== REDUCE && !isPart(ground, one);
  const seen = await tasks.list({ places: ['running'], order: 'any', limit: MOST_READ, skips });
  const running: RunningPart[] = [];
  for (const one of seen) {
    if (one.kind === 'damaged') continue;
    const { id: partId, attempts: attempt, holder, startedAt, progress } = taskOf(id, one, (data) => data);
    if (holder === undefined) continue;
    running.push({ partId, attempt, holder, ...(startedAt !== undefined && { startedAt }), ...(progress !== undefined && { progress }) });
  }
  return running.sort((one, other) => Number(one.partId) - Number(other.partId));
}
