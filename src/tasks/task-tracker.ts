import { QueueClosedError } from '../errors.ts';
import { assertFunction } from '../queues/check-options.ts';
import type { ConsumeReport } from '../queues/consume.ts';
import type { Store } from '../stores/store.ts';
import type { Attempt } from './attempt.ts';
import { createMany } from './create-many.ts';
import { createTask, type NewTask, type TaskEntry } from './create-task.ts';
import { openGround } from './open-ground.ts';
import { deleteTask, reopenTask } from './reopen-task.ts';
import { retryTasks, type Selection } from './retry-tasks.ts';
import { checkRunOptions, type RunOptions } from './run-options.ts';
import { TaskNotFoundError } from './task-errors.ts';
import type { TaskItem } from './task-item.ts';
import { TaskRunner, type WorkOptions } from './task-runner.ts';
import { TaskView } from './task-view.ts';
import { TasksDamagedError } from './tasks-damaged-error.ts';
import type { TrackerGround } from './tracker-ground.ts';
import { codesOf, type TaskTrackerOptions } from './tracker-options.ts';

/**
 * Tasks whose status survives: each is pending, running, succeeded, failed or ignored, and a crash of whoever runs one
 * leaves it so that another can.
 */
export class TaskTracker<T = unknown> extends TaskView<T> implements AsyncDisposable {
  readonly #ground: TrackerGround;
  readonly #store: Store;
  readonly #isStoreOurs: boolean;
  readonly #runner: TaskRunner<T>;
  #isDisposed = false;
  #disposing: Promise<void> | undefined;

  private constructor(ground: TrackerGround, store: Store, isStoreOurs: boolean) {
    super(ground);
    this.#ground = ground;
    this.#store = store;
    this.#isStoreOurs = isStoreOurs;
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

  /**
   * Creates a task, pending, if there is none of that id: false if there is, whatever its status, and nothing was changed. Once
   * this resolves the task survives a crash; a stop before leaves it there or not, never half, and a repeat settles that.
   * @throws TaskIdError, InvalidValueError, UnserialisableValueError, TypeError for wrong options, DiskError
   */
  async create(id: string, data: T, options?: NewTask): Promise<boolean> {
    return this.#changing('create', () => createTask(this.#ground, id, data, options));
  }

  /**
   * Creates many, each an id and data, and options if need be. Resolves with how many were not there before. A stop leaves some of them, and so does
   * one that is refused, whose error is thrown; a repeat creates the rest.
   */
  async createMany(tasks: Iterable<TaskEntry<T>> | AsyncIterable<TaskEntry<T>>): Promise<number> {
    return this.#changing('createMany', () => createMany(this.#ground, tasks));
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
    assertFunction('run', work);
    checkRunOptions(options);
    return this.#runner.run(id, work, codesOf(options.startsFrom), options.signal);
  }

  /**
   * Starts any task that is due; undefined if none is now: what can't be read is passed over, and told by `damaged`. It is to be settled: `done`, `fail` or `release`. If the process dies
   * before, that was an attempt that failed.
   */
  next(): Promise<TaskItem<T> | undefined> {
    return this.#runner.next();
  }

  /**
   * Runs `work` on whatever is due, several at a time, until nothing is left that may come to be due: it waits for what failed and
   * is not due yet, however late that is (`waitsFor` is told of it), and for what others have. By default it goes on when a task is given up, and the report tells of it.
   * @throws TasksDamagedError if records can't be read: once nothing else is left
   */
  async work(work: (attempt: Attempt<T>) => unknown, options: WorkOptions = {}): Promise<ConsumeReport> {
    assertFunction('work', work);
    const report = await this.#runner.work(work, options);
    const damaged = report.interrupted === null ? await this.#runner.damaged() : [];
    if (damaged.length > 0) throw new TasksDamagedError(this.useCase, damaged, report);
    return report;
  }

  /**
   * Puts what failed or was given up back to work, due at once, its failures forgotten: these, or all. What has another status,
   * or somebody has, is left as it is. Resolves with how many that was. A stop leaves some of them; a repeat does the rest.
   * @throws TypeError for what selects nothing, DamagedRecordError for the first that can't be read: once all others were put back
   */
  async retry(selection?: Selection): Promise<number> {
    return this.#changing('retry', () => retryTasks(this.#ground, selection));
  }

  /** Puts one back to pending, due at once, whatever came of it: its data and errors as they are, its failures forgotten. @throws TaskNotFoundError, TaskLockedError while somebody has it, TaskNotReadyError if it is in a step that this one does not start from */
  async reopen(id: string): Promise<void> {
    if ((await this.#changing('reopen', () => reopenTask(this.#ground, id))) === 'none') throw new TaskNotFoundError(this.useCase, id);
  }

  /**
   * Deletes a task, one that can't be read too: false if there is none. Its id is free then; also that of one whose file was removed by
   * hand. @throws TaskLockedError while somebody has it, DamagedRecordError for what is no file
   */
  async delete(id: string): Promise<boolean> {
    return this.#changing('delete', () => deleteTask(this.#ground, id));
  }

  /** Deletes all tasks of the use case, of all its steps, at once for all who look; what somebody has can't be settled any more. Resolves with how many there were. */
  async deleteAll(): Promise<number> {
    return this.#changing('deleteAll', async () => {
      const counts = [...(await this.#ground.store.counts()).values()];
      await this.#store.remove('tasks', this.useCase);
      return counts.reduce((sum, count) => sum + count, 0);
    });
  }

  /** Starts nothing any more, and gives back what runs: its signals abort, and it was no attempt. Idempotent. */
  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** What changes which tasks there are, or when they are due. @throws QueueClosedError */
  async #changing<R>(operation: string, change: () => Promise<R>): Promise<R> {
    if (this.#isDisposed) throw new QueueClosedError(operation, this.useCase, 'disposed');
    try {
      return await change();
    } finally {
      this.#runner.lookAnew();
    }
  }

  async #dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#runner.end();
    await this.#ground.store.dispose();
    if (this.#isStoreOurs) await this.#store.dispose();
  }
}
