import { dataAs } from '../formats/task-record.ts';
import { TASK_STATUSES, type TaskStatus } from '../machines/task-lifecycle.ts';
import { parsePlace } from '../machines/task-place.ts';
import type { SeenTask } from '../stores/store.ts';
import { type ListOptions, listTasks, listUnfinished } from './list-tasks.ts';
import { readTask } from './reopen-task.ts';
import type { StatusCodes } from './status-codes.ts';
import { type DamagedTaskReport, type Task, taskOf } from './task.ts';
import type { TrackerGround } from './tracker-ground.ts';

/** How many tasks there are of a status. */
export interface StatusCount {
  readonly status: TaskStatus;
  /** Undefined where the statuses are not numbered. */
  readonly code: number | undefined;
  readonly count: number;
}

/** The tasks of a use case as they lie there. Nothing here moves one. */
export class TaskView<T = unknown> {
  readonly #ground: TrackerGround;

  /** @internal */
  constructor(ground: TrackerGround) {
    this.#ground = ground;
  }

  get useCase(): string {
    return this.#ground.useCase;
  }

  /** The code of a status: what `list` takes from another step too. @throws RangeError where they are not numbered */
  statusCode(status: TaskStatus): number {
    const code = this.#ground.places.code(status);
    if (code === undefined) throw new RangeError(`The statuses of ${this.useCase} have no codes. See statuses.`);
    return code;
  }

  /** All codes; undefined where the statuses are not numbered. */
  get statusCodes(): StatusCodes | undefined {
    return this.#ground.places.codes;
  }

  /** The status of a code. @throws RangeError if this step has no such code */
  statusOf(code: number): TaskStatus {
    return this.#ground.places.status(code);
  }

  /** One task as it stands; undefined if there is none of that id. @throws DamagedRecordError */
  async get(id: string): Promise<Task<T> | undefined> {
    const seen = await readTask(this.#ground, id);
    return seen && this.#task(seen);
  }

  /** Tasks in an order, no more than `limit` of them: of all statuses, or of some. What can't be read is left out, and told by `damaged`. */
  async list(options?: ListOptions): Promise<Task<T>[]> {
    return (await listTasks(this.#ground, options)).map((seen) => this.#task(seen));
  }

  /** Those that are to be worked on yet: pending, those that another step left for this one, failed, and those whose process died. */
  async listUnfinished(options?: Omit<ListOptions, 'status'>): Promise<Task<T>[]> {
    return (await listUnfinished(this.#ground, options)).map((seen) => this.#task(seen));
  }

  /** What failed, then what was given up, with its errors; by id in each. */
  failed(): Promise<Task<T>[]> {
    return this.list({ status: ['failed', 'ignored'] });
  }

  /** Those whose records can't be read: by a person's hand, or a disk's fault. Of all steps. */
  async *damaged(): AsyncGenerator<DamagedTaskReport, void, void> {
    const { store } = this.#ground;
    const found = await store.list({ places: await store.places(), order: 'id', limit: Number.MAX_SAFE_INTEGER });
    for (const seen of found) if (seen.kind === 'damaged') yield { id: seen.id, path: seen.path, reason: seen.reason };
  }

  /** How many there are of each status of this step, `running` with those whose process died. One pass over names, and no record is read. */
  async counts(): Promise<Record<TaskStatus, number>> {
    const counts = await this.#ground.store.counts();
    const count = (status: TaskStatus): number => counts.get(this.#ground.places.of(status)) ?? 0;
    const [pending, running, succeeded] = [count('pending'), count('running'), count('succeeded')];
    return { pending, running, succeeded, failed: count('failed'), ignored: count('ignored') };
  }

  /**
   * The same of every step that tasks of this use case ever were in, whatever its codes: those without a code first, then by code. Of
   * statuses in which no task ever was there may be nothing.
   */
  async countsOfAllSteps(): Promise<StatusCount[]> {
    const counts = [...(await this.#ground.store.counts())].flatMap(([place, count]) => {
      const found = parsePlace(place);
      return found === null ? [] : [{ ...found, count }];
    });
    const rank = ({ status, code = -1 }: StatusCount): number => code * TASK_STATUSES.length + TASK_STATUSES.indexOf(status);
    return counts.sort((one, other) => rank(one) - rank(other));
  }

  #task(seen: SeenTask): Task<T> {
    return taskOf(this.#ground.useCase, seen, (data) => dataAs<T>(data));
  }
}
