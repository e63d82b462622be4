import { ClaimLostError, QueueClosedError } from '../errors.ts';
import { checkOptions, type OptionRules } from '../queues/check-options.ts';
import { consume, type ConsumeOptions, type ConsumeReport } from '../queues/consume.ts';
import { CONSUME_RULES } from '../queues/consume-options.ts';
import { type ConsumeError, withGivenUp } from '../queues/consume-report.ts';
import { dataAs } from '../formats/task-record.ts';
import { Attempt } from './attempt.ts';
import { type Started, startTask } from './start-task.ts';
import type { LaterTask } from './later-tasks.ts';
import { TaskUnsettledError } from './task-errors.ts';
import type { DamagedTaskReport } from './task.ts';
import { TaskItem } from './task-item.ts';
import { TaskQueue } from './task-queue.ts';
import { TaskSupply } from './task-supply.ts';
import type { TrackerGround } from './tracker-ground.ts';

export interface WorkOptions extends Omit<ConsumeOptions, 'backoff'> {
  /** How long to wait before looking again when nothing is due, in milliseconds; a fifth of the lease where that is shorter. @default 1000 */
  readonly pollIntervalMs?: number;
  /** Whether to wait for tasks that nobody has created yet, instead of ending. @default false */
  readonly follow?: boolean;
  /**
   * Told which task is due next when none is now, as one that is not to be started before a date far away: `work` waits for it.
   * Once, and again when it is another. It is awaited; what it throws ends `work`.
   */
  readonly waitsFor?: (next: LaterTask) => unknown;
}

const DEFAULTS = { pollIntervalMs: 1_000, follow: false, onError: 'continue' } as const satisfies WorkOptions;

const { backoff: _, ...RULES_OF_CONSUME } = CONSUME_RULES;
export const WORK_RULES: OptionRules = {
  ...RULES_OF_CONSUME,
  pollIntervalMs: {
    wants: 'milliseconds, from 1 to a day',
    test: (value) => typeof value === 'number' && value >= 1 && value <= 86_400_000,
  },
  follow: { wants: 'a boolean', test: (value) => typeof value === 'boolean' },
  waitsFor: { wants: 'a function', test: (value) => typeof value === 'function' },
};

/** Runs tasks: starts them, looks after them while they run, and writes down how they ended. */
export class TaskRunner<T> {
  readonly #ground: TrackerGround;
  readonly #supply: TaskSupply;
  readonly #running = new Set<TaskItem<T>>();
  /** Claims on their way. */
  readonly #starting = new Set<Promise<unknown>>();
  readonly #ended = new AbortController();
  #settled: AbortController | undefined;
  #cancel: (() => void) | undefined;

  constructor(ground: TrackerGround) {
    this.#ground = ground;
    this.#supply = new TaskSupply(ground);
  }

  /** Starts one task. @throws TaskRefusedError, and then nothing was changed; QueueClosedError once it has ended */
  async start(id: string, startsFrom: readonly number[] = []): Promise<TaskItem<T>> {
    const item = await this.#start(() => startTask(this.#ground, id, startsFrom));
    if (item === undefined) throw this.#closedError('run');
    return item;
  }

  /** Runs `work` on one task, and writes down how that ended: what throws once `signal` has aborted was no attempt. */
  async run<R>(
    id: string,
    work: (attempt: Attempt<T>) => R | Promise<R>,
    startsFrom: readonly number[] = [],
    signal?: AbortSignal,
  ): Promise<R> {
    signal?.throwIfAborted();
    const item = await this.start(id, startsFrom);
    let result: R;
    try {
      result = await work(item.current);
      await item.prepare();
    } catch (error) {
      await (signal?.aborted ? item.release() : failWith(this.#ground.useCase, item, error));
      throw error;
    }
    await item.done();
    return result;
  }

  /** Starts any task that is due; undefined if none is now. @throws QueueClosedError once it has ended */
  async next(): Promise<TaskItem<T> | undefined> {
    if (this.#ended.signal.aborted) throw this.#closedError('next');
    return this.#start(() => this.#supply.next());
  }

  /** Runs `work` on whatever is due, until nothing is left that may come to be due. */
  async work(work: (attempt: Attempt<T>) => unknown, options: WorkOptions): Promise<ConsumeReport> {
    if (this.#ended.signal.aborted) throw this.#closedError('work');
    checkOptions('work', options, WORK_RULES);
    const { pollIntervalMs = DEFAULTS.pollIntervalMs, follow = DEFAULTS.follow, onError = DEFAULTS.onError, waitsFor, ...others } = options;
    const givenUp: ConsumeError[] = [];
    const queue = new TaskQueue<T>({
      ground: this.#ground,
      next: () => this.#start(() => this.#supply.next((one) => void givenUp.push(one))),
      hasMore: () => this.#supply.hasMore(),
      waits: waitsFor === undefined ? async () => undefined : this.#tellNext(waitsFor),
      pollIntervalMs,
      follow,
      settled: () => (this.#settled ??= new AbortController()).signal,
      ended: this.#ended.signal,
    });
    const handle = async (item: TaskItem<T>): Promise<void> => {
      await work(item.current);
      // What can't be written down is a failure of the task, and no reason to stop.
      await item.prepare();
    };
    // Waits between attempts are on disk: nobody holds a task that is not due.
    const report = await consume(queue, handle, { clock: this.#ground.clock, ...others, onError, backoff: false });
    return withGivenUp(report, givenUp);
  }

  /** What was not due may be now: a task was made, reopened or deleted here. */
  lookAnew(): void {
    this.#supply.lookAnew();
  }

  /** What would be worked on if its record could be read. */
  damaged(): Promise<DamagedTaskReport[]> {
    return this.#supply.damaged();
  }

  /** Starts nothing any more, and gives back what runs: whoever works on it is told. */
  async end(): Promise<void> {
    this.#ended.abort(this.#closedError('run'));
    await Promise.allSettled(this.#starting);
    this.#cancel?.();
    await Promise.all([...this.#running].map((item) => item.abandon(this.#closedError('run'))));
  }

  /** Undefined if there is nothing to start, or nothing is started any more. */
  async #start(claiming: () => Promise<Started | undefined>): Promise<TaskItem<T> | undefined> {
    if (this.#ended.signal.aborted) return undefined;
    const starting = claiming().then((started) => started && this.#begin(started));
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  #begin(started: Started): TaskItem<T> {
    const { store, outputs, useCase, valid } = this.#ground;
    const { claim, record } = started;
    const attempt = new Attempt<T>({ store, claim, outputs, useCase, valid, data: dataAs<T>(record.data) }, record.attempts + 1);
    const item = new TaskItem<T>(this.#ground, started, attempt, () => this.#left(item));
    this.#running.add(item);
    this.#lookLater();
    return item;
  }

  #tellNext(waitsFor: (next: LaterTask) => unknown): () => Promise<void> {
    let told = '';
    return async () => {
      const next = this.#supply.firstLater();
      const name = JSON.stringify(next ?? '');
      const isNew = next !== undefined && name !== told;
      told = name;
      if (isNew) await waitsFor(next);
    };
  }

  #left(item: TaskItem<T>): void {
    this.#running.delete(item);
    this.#settled?.abort();
    this.#settled = undefined;
  }

  /** Tells whoever works on a task that it is not theirs any more. */
  #lookLater(): void {
    if (this.#cancel !== undefined) return;
    const { clock, leaseMs } = this.#ground;
    const look = (): void => {
      this.#cancel = undefined;
      for (const { current } of this.#running) current.look();
      if (this.#running.size > 0) this.#lookLater();
    };
    this.#cancel = clock.after(leaseMs / 5, look, { background: true });
  }

  #closedError(operation: string): QueueClosedError {
    return new QueueClosedError(operation, this.#ground.useCase, 'disposed');
  }
}

/** What was thrown is what its caller wants to know, whatever else goes wrong. */
async function failWith<T>(useCase: string, item: TaskItem<T>, error: unknown): Promise<void> {
  try {
    await item.fail(error);
  } catch (problem) {
    if (problem instanceof ClaimLostError || problem instanceof QueueClosedError) throw problem;
    throw new TaskUnsettledError(useCase, item.id, error, { cause: problem });
  }
}
