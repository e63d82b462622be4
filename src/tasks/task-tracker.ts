import { QueueClosedError } from '../errors.ts';
import type { TaskStatus } from '../machines/task-lifecycle.ts';
import type { ConsumeReport } from '../queues/consume.ts';
import type { Store } from '../stores/store.ts';
import type { Attempt } from './attempt.ts';
import { createTask, type NewTask, type TaskEntry } from './create-task.ts';
import { openGround } from './open-ground.ts';
import { checkRunOptions, type RunOptions } from './run-options.ts';
import type { StatusCodes } from './status-codes.ts';
import type { DamagedTaskReport, Task } from './task.ts';
import type { TaskItem } from './task-item.ts';
import { TaskRunner, type WorkOptions } from './task-runner.ts';
import { type ListOptions, type Selection, TaskShelf } from './task-shelf.ts';
import type { TrackerGround } from './tracker-ground.ts';
import { codesOf, type TaskTrackerOptions } from './tracker-options.ts';

/**
 * Tasks whose status survives: each is pending, running, succeeded, failed or ignored, and a crash of whoever runs one
 * leaves it so that another can.
 */
export class TaskTracker<T = unknown> implements AsyncDisposable {
  readonly #ground: TrackerGround;
  readonly #store: Store;
  readonly #isStoreOurs: boolean;
  readonly #shelf: TaskShelf<T>;
  readonly #runner: TaskRunner<T>;
  #isDisposed = false;
  #disposing: Promise<void> | undefined;

  private constructor(ground: TrackerGround, store: Store, isStoreOurs: boolean) {
    this.#ground = ground;
    this.#store = store;
    this.#isStoreOurs = isStoreOurs;
    this.#shelf = new TaskShelf<T>(ground);
    this.#runner = new TaskRunner<T>(ground);
  }

  /**
   * Opens the tasks of a use case in a store: at its address, as `file:./load`, or one that is open, which stays open when the
   * tracker is disposed of. What was begun before a crash is brought to its end by whoever finds it.
   * @throws StoreUrlError, NotAStoreError, FormatVersionError, ReadOnlyStoreError, TaskIdError for the use case, TypeError for wrong
   * options, RangeError for codes that are not distinct, DiskError
   */
  static async open<T = unknown>(store: string | Store, options: TaskTrackerOptions<T>): Promise<TaskTracker<T>> {
    const { ground, opened } = await openGround(store, options);
    return new TaskTracker<T>(ground, opened, typeof store === 'string');
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

  /**
   * Creates a task, pending, if there is none of that id: false if there is, whatever its status, and nothing was changed. Once
   * this resolves the task survives a crash; a stop before leaves it there or not, never half, and a repeat settles that.
   * @throws TaskIdError, InvalidValueError, UnserialisableValueError, TypeError for wrong options, DiskError
   */
  create(id: string, data: T, options?: NewTask): Promise<boolean> {
    return createTask(this.#ground, id, data, options);
  }

  /**
   * Creates many, each an id and data, and options if need be. Resolves with how many were not there before. A stop leaves some of them, and so does
   * one that is refused, whose error is thrown; a repeat creates the rest.
   */
  async createMany(tasks: Iterable<TaskEntry<T>> | AsyncIterable<TaskEntry<T>>): Promise<number> {
    return this.#shelf.createMany(tasks);
  }

  /** One task as it stands; undefined if there is none of that id. @throws DamagedRecordError */
  get(id: string): Promise<Task<T> | undefined> {
    return this.#shelf.get(id);
  }

  /**
   * Starts a task, runs `work` on it and writes down how that ended: its data and outputs if it succeeded; its error if it threw,
   * which is thrown on; a failure too if the data can't be written. Gives what `work` gave. If the process dies it may be started
   * again once that is known, on this machine at once, elsewhere after a lease; that counts as a failure.
   *
   * @throws TaskRefusedError (one of its classes says why) if it can't be started, and then nothing was changed;
   * ClaimLostError if somebody else took it over meanwhile, and then nothing of this attempt is kept; its cause is what `work` threw;
   * what the data was refused for; TaskUnsettledError if `work` threw and that could not be written, DiskError if that it
   * succeeded could not: then it failed, or was given back; DamagedRecordError
   */
  async run<R>(id: string, work: (attempt: Attempt<T>) => R | Promise<R>, options: RunOptions = {}): Promise<R> {
    checkRunOptions(options);
    return this.#runner.run(id, work, codesOf(options.startsFrom), options.signal);
  }

  /**
   * Starts any task that is due; undefined if none is now. It is to be settled: `done`, `fail` or `release`. If the process dies
   * before, that was an attempt that failed.
   */
  next(): Promise<TaskItem<T> | undefined> {
    return this.#runner.next();
  }

  /**
   * Runs `work` on whatever is due, several at a time, until nothing is left that may come to be due: it waits for what failed and
   * is not due yet, and for what others have. By default it goes on when a task is given up, and the report tells of it.
   */
  work(work: (attempt: Attempt<T>) => unknown, options: WorkOptions = {}): Promise<ConsumeReport> {
    return this.#runner.work(work, options);
  }

  /** Tasks in an order, no more than `limit` of them: of all statuses, or of some. What can't be read is left out, and told by `damaged`. */
  list(options?: ListOptions): Promise<Task<T>[]> {
    return this.#shelf.list(options);
  }

  /** Those that are to be worked on yet: pending, those that another step left for this one, failed, and those whose process died. */
  listUnfinished(options?: Omit<ListOptions, 'status'>): Promise<Task<T>[]> {
    return this.#shelf.listUnfinished(options);
  }

  /** Those whose records can't be read: by a person's hand, or a disk's fault. */
  damaged(): AsyncGenerator<DamagedTaskReport, void, void> {
    return this.#shelf.damaged();
  }

  /** How many there are of each status of this step, `running` with those whose process died. One pass over names, and no record is read. */
  counts(): Promise<Record<TaskStatus, number>> {
    return this.#shelf.counts();
  }

  /** What failed, then what was given up, with its errors; by id in each. */
  failed(): Promise<Task<T>[]> {
    return this.#shelf.list({ status: ['failed', 'ignored'] });
  }

  /**
   * Puts what failed or was given up back to work, due at once, its failures forgotten: these, or all. What has another status,
   * or somebody has, is left as it is. Resolves with how many that was. A stop leaves some of them; a repeat does the rest.
   */
  async retry(selection?: Selection): Promise<number> {
    this.#assertOpen('retry');
    return this.#shelf.retry(selection);
  }

  /** Puts one back to pending, due at once, whatever came of it: its data and errors as they are, its failures forgotten. @throws TaskNotFoundError, TaskLockedError while somebody has it */
  async reopen(id: string): Promise<void> {
    this.#assertOpen('reopen');
    return this.#shelf.reopen(id);
  }

  /**
   * Deletes a task, one that can't be read too: false if there is none. Its id is free then; also that of one whose file was removed by
   * hand. @throws TaskLockedError while somebody has it, DamagedRecordError for what is no file
   */
  async delete(id: string): Promise<boolean> {
    this.#assertOpen('delete');
    return this.#shelf.delete(id);
  }

  /** Deletes all tasks of the use case, of all its steps, at once for all who look; what somebody has can't be settled any more. Resolves with how many there were. */
  async deleteAll(): Promise<number> {
    const counts = [...(await this.#ground.store.counts()).values()];
    await this.#store.remove('tasks', this.useCase);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Starts nothing any more, and gives back what runs: its signals abort, and it was no attempt. Idempotent. */
  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #assertOpen(operation: string): void {
    if (this.#isDisposed) throw new QueueClosedError(operation, this.useCase, 'disposed');
  }

  async #dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#runner.end();
    await this.#ground.store.dispose();
    if (this.#isStoreOurs) await this.#store.dispose();
  }
}
