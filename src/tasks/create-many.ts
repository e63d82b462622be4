import { assertMany, show } from '../queues/check-options.ts';
import { createTask, type TaskEntry } from './create-task.ts';
import type { TrackerGround } from './tracker-ground.ts';

/** So many tasks are created at the same time: they share the syncs of their folders. */
const IN_FLIGHT = 64;

const WHAT = 'tasks, each an array of an id, its data and perhaps options,';

/** Creates those that are not there. Gives how many that was; the first that is refused is thrown, once all that were begun have ended. */
export async function createMany<T>(ground: TrackerGround, tasks: Iterable<TaskEntry<T>> | AsyncIterable<TaskEntry<T>>): Promise<number> {
  assertMany('createMany', WHAT, tasks);
  // As far as can be seen before anything is created.
  if (Array.isArray(tasks)) for (const [index, task] of tasks.entries()) assertEntry(task, index);
  let created = 0;
  let index = 0;
  const open = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  try {
    for await (const task of tasks) {
      if (failures.length > 0) break;
      assertEntry(task, index++);
      const [id, data, options] = task;
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

function assertEntry(task: unknown, index: number): void {
  if (!Array.isArray(task) || task.length < 1 || task.length > 3)
    throw new TypeError(`createMany takes ${WHAT} and the one at ${index} is ${show(task)}.`);
}
