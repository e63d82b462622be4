import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '../../src/batches/batch-plan.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { Store, TaskStore } from '../../src/stores/store.ts';

const isOfTasks = (name: string): boolean => name.startsWith('tasks-');

/** The directory that the tasks of a batch lie in, in one that this process can list: there is but one. */
export function tasksBelow(directory: string, id: string): string {
  const room = join(directory, 'batches', id);
  return join(room, only(readdirSync(room).filter(isOfTasks)));
}

/** The same on any disk. */
export async function tasksOn(fs: FileSystem, directory: string, id: string): Promise<string> {
  const room = `${directory}/batches/${id}`;
  return `${room}/${only((await fs.readdir(room)).filter(isOfTasks))}`;
}

/** The tasks of a batch, without the batch. */
export async function tasksOf(store: Store, id: string, leaseMs = 30_000): Promise<TaskStore> {
  const plan = await readPlan(store.shelf('batches', id));
  if (plan === undefined) throw new Error(`there is no batch ${id}`);
  return store.tasks('batches', id, { leaseMs, madeAs: plan.token });
}

function only(names: readonly string[]): string {
  const [name] = names;
  if (name === undefined || names.length > 1) throw new Error(`there is not one directory of tasks: ${names.join(' ')}`);
  return name;
}
