import { createTask, type TaskEntry } from './create-task.ts';
import type { TrackerGround } from './tracker-ground.ts';

/** So many tasks are created at the same time: they share the syncs of their folders. */
const IN_FLIGHT = 64;

/** Creates those that are not there. Gives how many that was; the first that is refused is thrown, once all that were begun have ended. */
export async function createMany<T>(ground: TrackerGround, tasks: Iterable<TaskEntry<T>> | AsyncIterable<TaskEntry<T>>): Promise<number> {
  let created = 0;
  const open = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  try {
    for await (const [id, data, options] of tasks) {
      if (failures.length > 0) break;
      const creating = createTask(ground, id, data, options)
        .then(
          (isNew) => void (created += isNew ? 1 : 0),
          (error: unknown) => void failures.push(error),
        )
        .finally(() => open.delete(creating));
      open.add(creating);
      if (open.size >= IN_FLIGHT) await Promise.race(open);
    }
  } finally {
    await Promise.all(open);
  }
  if (failures.length > 0) throw failures[0];
  return created;
}
