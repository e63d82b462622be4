import { dataAs } from '../formats/task-record.ts';
import type { TaskStatus } from '../machines/task-lifecycle.ts';
import type { SeenTask } from '../stores/store.ts';
import { createTask, type TaskEntry } from './create-task.ts';
import { type ListOptions, listTasks, listUnfinished } from './list-tasks.ts';
import { deleteTask, readTask, reopenTask } from './reopen-task.ts';
import { type DamagedTaskReport, type Task, taskOf } from './task.ts';
import { TaskLockedError, TaskNotFoundError } from './task-errors.ts';
import type { TrackerGround } from './tracker-ground.ts';

export type { ListOptions } from './list-tasks.ts';

/** Which tasks are meant: these ids, or all of these statuses. */
export type Selection = Iterable<string> | { readonly status: RetryStatus | readonly RetryStatus[] };

/** What may be put back to work. */
export type RetryStatus = 'failed' | 'ignored';

/** So many tasks are created at the same time: they share the syncs of their folders. */
const IN_FLIGHT = 64;

/** The tasks of a tracker as they lie there. */
export class TaskShelf<T> {
  readonly #ground: TrackerGround;

  constructor(ground: TrackerGround) {
    this.#ground = ground;
  }

  async createMany(tasks: Iterable<TaskEntry<T>> | AsyncIterable<TaskEntry<T>>): Promise<number> {
    let created = 0;
    const open = new Set<Promise<unknown>>();
    const failures: unknown[] = [];
    try {
      for await (const [id, data, options] of tasks) {
        if (failures.length > 0) break;
        const creating = createTask(this.#ground, id, data, options)
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

  async get(id: string): Promise<Task<T> | undefined> {
    const seen = await readTask(this.#ground, id);
    return seen && this.#task(seen);
  }

  async list(options?: ListOptions): Promise<Task<T>[]> {
    return (await listTasks(this.#ground, options)).map((seen) => this.#task(seen));
  }

  async listUnfinished(options?: Omit<ListOptions, 'status'>): Promise<Task<T>[]> {
    return (await listUnfinished(this.#ground, options)).map((seen) => this.#task(seen));
  }

  /** Tasks whose records can't be read. */
  async *damaged(): AsyncGenerator<DamagedTaskReport, void, void> {
    const found = await this.#ground.store.list({ places: await this.#ground.store.places(), order: 'id', limit: Number.MAX_SAFE_INTEGER });
    for (const seen of found) if (seen.kind === 'damaged') yield { id: seen.id, path: seen.path, reason: seen.reason };
  }

  /** How many there are of each status of this step. */
  async counts(): Promise<Record<TaskStatus, number>> {
    const counts = await this.#ground.store.counts();
    const count = (status: TaskStatus): number => counts.get(this.#ground.places.of(status)) ?? 0;
    const [pending, running, succeeded] = [count('pending'), count('running'), count('succeeded')];
    return { pending, running, succeeded, failed: count('failed'), ignored: count('ignored') };
  }

  /** @throws TaskNotFoundError, TaskLockedError while somebody has it */
  async reopen(id: string): Promise<void> {
    if ((await reopenTask(this.#ground, id)) === 'none') throw new TaskNotFoundError(this.#ground.useCase, id);
  }

  /** The same for what failed or was given up: these, or all of them. Resolves with how many that was. */
  async retry(selection: Selection = { status: ['failed', 'ignored'] }): Promise<number> {
    let count = 0;
    for (const id of await this.#idsOf(selection)) if (await this.#retryOne(id)) count += 1;
    return count;
  }

  delete(id: string): Promise<boolean> {
    return deleteTask(this.#ground, id);
  }

  /** False if it is no longer one that may be retried: another may have started it since it was seen. */
  async #retryOne(id: string): Promise<boolean> {
    const { places } = this.#ground;
    const isWanted = ({ place }: SeenTask): boolean => place === places.of('failed') || place === places.of('ignored');
    try {
      return (await reopenTask(this.#ground, id, isWanted)) === 'reopened';
    } catch (error) {
      if (error instanceof TaskLockedError) return false;
      throw error;
    }
  }

  async #idsOf(selection: Selection): Promise<string[]> {
    if (typeof selection === 'string') throw new TypeError(`retry takes a list of ids, or { status }, got ${JSON.stringify(selection)}.`);
    if (Symbol.iterator in selection) return [...selection];
    return (await listTasks(this.#ground, { status: selection.status })).map(({ id }) => id);
  }

  #task(seen: SeenTask): Task<T> {
    return taskOf(this.#ground.useCase, seen, (data) => dataAs<T>(data));
  }
}
