import { isRunning } from '../machines/task-place.ts';
import type { SeenTask, TaskQuery, TaskStore } from '../stores/store.ts';

/**
 * The first tasks in an order that are wanted, no more than `limit`. What is not wanted stands in nobody's way: it is looked
 * among twice as many until there are enough.
 */
export async function firstWanted(
  store: Pick<TaskStore, 'list'>,
  query: TaskQuery,
  isWanted: (seen: SeenTask) => boolean = () => true,
): Promise<SeenTask[]> {
  for (let size = query.limit; ; size *= 2) {
    const found = await store.list({ ...query, limit: size });
    const wanted = once(found.filter((seen) => seen.kind === 'task').filter(isWanted));
    if (wanted.length >= query.limit || found.length < size) return wanted.slice(0, query.limit);
  }
}

/** A task that moves meanwhile is seen in two places: of these it is the one that is not its claim's. */
function once(tasks: readonly SeenTask[]): SeenTask[] {
  const settled = new Set(tasks.filter(({ place }) => !isRunning(place)).map(({ id }) => id));
  const seen = new Set<string>();
  return tasks.filter(({ id, place }) => {
    if (seen.has(id) || (isRunning(place) && settled.has(id))) return false;
    seen.add(id);
    return true;
  });
}
