import { QueueClosedError } from '../errors.ts';
import { assertFunction, show } from '../queues/check-options.ts';
import type { Attempt } from '../tasks/attempt.ts';
import { TaskIgnoredError } from '../tasks/task-errors.ts';
import type { TrackerGround } from '../tasks/tracker-ground.ts';
import { announce, type Publish } from './announce.ts';
import { BatchFailedError, BatchNotReadyError } from './batch-errors.ts';
import { assertThere, type BatchGround, whileThere } from './batch-ground.ts';
import { BatchView, idOfPart } from './batch-view.ts';
import {
  type BatchWorkers,
  type BatchWorkOptions,
  type BatchWorkReport,
  checkBatchWorkOptions,
  checkPartOptions,
  type PartOptions,
  workOff,
} from './batch-work.ts';
import { deleteIfDone, deleteThis, lastStatus } from './delete-when-done.ts';
import { retryParts } from './part-retry.ts';
import { type PartWork, PartWorker } from './part-work.ts';
import { checkReduceOptions, type ReduceOptions, Reducer, type ReduceWork, type Reduction } from './reduce-work.ts';
import { decide, decideFailed, findVerdict } from './verdict.ts';

/** What a batch is opened with. */
export interface BatchOpening<P, R> {
  /** What it is reduced by where a call brings nothing else. */
  reduce?(this: void, reduction: Reduction<P, R>, attempt: Attempt): unknown;
  /** Ends what it was opened with. */
  end(): Promise<void>;
}

/** A sealed set of parts, and at most one reduce: once all parts have succeeded there is one, whoever crashed where. */
export class Batch<P = unknown, R = unknown> extends BatchView implements AsyncDisposable {
  readonly #ground: BatchGround;
  readonly #workers: BatchWorkers<P, R>;
  readonly #opening: BatchOpening<P, R>;
  #ending: Promise<void> | undefined;

  /** @internal `createBatch` and `openBatch` make it. */
  constructor(ground: BatchGround, tracker: TrackerGround, opening: BatchOpening<P, R>) {
    super(ground);
    this.#ground = ground;
    this.#workers = { parts: new PartWorker<P, R>(ground, tracker), reducer: new Reducer<P, R>(ground, tracker) };
    this.#opening = opening;
  }

  /**
   * Makes all parts ready to be worked on, and tells `publish` of each that is not settled. Repeating it after a crash does
   * what was left: it may tell of some again. Resolves with how many parts it went through: 0 if that was done before.
   * @throws BatchNotFoundError, what `publish` threw
   */
  async announce(publish?: Publish): Promise<number> {
    this.#assertOpen('announce');
    if (publish !== undefined) assertFunction('announce', publish);
    return whileThere(this.#ground, () => announce(this.#ground, publish));
  }

  /**
   * Works on one part, at once: `work` gets what it holds, and what it gives is kept as its result. A part that succeeded
   * before gives its result again without `work`. If it was the last, it is decided here what becomes of the batch; and if a
   * `reduce` is given, here or when it was made or opened, the batch is to be reduced, and nobody who lives does so, it is run.
   *
   * While it is not known whether who has it lives, it waits: a lease at most. One who lives is a `TaskLockedError`, which a queue's `consume`
   * takes for no attempt: the message comes again.
   *
   * @throws PartNotFoundError, BatchFailedError (then `work` never runs), TaskRefusedError, DamagedRecordError and BatchDamagedError if it
   * can't be read or is gone, what `work` or `reduce` threw
   */
  async part<V>(partId: string | number, work: PartWork<P, R>, options: PartOptions<P, R, V> = {}): Promise<R> {
    assertFunction('part', work);
    checkPartOptions(options);
    this.#assertOpen('part');
    const { failBatchOn = [], reduce } = options;
    return whileThere(this.#ground, async () => {
      const result = await this.#workers.parts.one(idOfPart(this.#ground, partId), work, failBatchOn).catch(async (error: unknown) => {
        // Whoever gave it up may have been stopped before that was counted.
        if (error instanceof TaskIgnoredError) await decide(this.#ground);
        throw error;
      });
      await this.reduceIfDue(reduce);
      return result;
    });
  }

  /**
   * Works on whatever part is due, several at a time, until none is left, at others neither, or the batch has failed; then, if a
   * `reduce` is given, here or when it was made or opened, sees to it that it is done, by whomever.
   * @throws BatchFailedError if the batch had failed before, BatchDamagedError if parts, or results that `reduce` reads, can't be read or
   * are gone: once all others are settled
   */
  async work<V>(work: PartWork<P, R>, options: BatchWorkOptions<P, R, V> = {}): Promise<BatchWorkReport> {
    assertFunction('work', work);
    checkBatchWorkOptions(options);
    this.#assertOpen('work');
    return whileThere(this.#ground, async () => {
      const how = { ...options, reduce: options.reduce ?? this.#opening.reduce };
      const worked = await workOff(this.#ground, this.#workers, work, how);
      return { ...worked, status: await lastStatus(this.#ground) };
    });
  }

  /**
   * Runs the reduce, at once, and once: it is a task with attempts like others. Without `work` the one that is given when it was made or opened.
   * @throws BatchNotReadyError while parts are left, BatchDamagedError if results can't be read or are gone, and then it was no attempt;
   * BatchFailedError, TaskRefusedError if somebody has it or it is over, what `work` threw;
   * TypeError if there is none
   */
  reduce<V>(work?: ReduceWork<P, R, V>, options?: ReduceOptions): Promise<V>;
  async reduce(work: ReduceWork<P, R, unknown> | undefined = this.#opening.reduce, options: ReduceOptions = {}): Promise<unknown> {
    if (typeof work !== 'function') throw new TypeError(`reduce takes a function, or createBatch and openBatch do, got ${show(work)}.`);
    checkReduceOptions(options);
    return whileThere(this.#ground, async () => {
      const verdict = await findVerdict(this.#ground);
      if (verdict?.kind === 'failed') throw new BatchFailedError(this.id, verdict.reason);
      await assertThere(this.#ground);
      if (verdict === undefined) throw new BatchNotReadyError(this.id);
      const value = await this.#workers.reducer.one(work, options.signal);
      await deleteIfDone(this.#ground);
      return value;
    });
  }

  /** @internal Runs the reduce if it is due, unless somebody who lives has it. */
  async reduceIfDue(reduce: ReduceWork<P, R, unknown> | undefined = this.#opening.reduce): Promise<void> {
    if (reduce === undefined) return;
    await this.#workers.reducer.ifDue(reduce);
    await deleteIfDone(this.#ground);
  }

  /** Fails the batch, for good, if nothing is decided yet: no part runs any more, and no reduce. False if it was decided before. */
  async fail(reason: string): Promise<boolean> {
    if (typeof reason !== 'string' || reason === '') throw new TypeError(`fail takes the reason as text, got ${show(reason)}.`);
    this.#assertOpen('fail');
    await assertThere(this.#ground);
    return decideFailed(this.#ground, reason);
  }

  /**
   * Puts parts that failed or were given up back to work, due at once; and the reduce, where that was given up. What can't be read or is
   * gone is made anew from the plan: parts, once all have succeeded those too whose results can't be read, and the reduce, unless it
   * has succeeded. Resolves with how many that was.
   * @throws BatchFailedError: what has failed as a whole stays so
   */
  async retry(): Promise<number> {
    this.#assertOpen('retry');
    return whileThere(this.#ground, async () => {
      await assertThere(this.#ground);
      return retryParts(this.#ground);
    });
  }

  /** Removes the batch with all that is in it, whoever works on it: they get a `BatchNotFoundError`. False if it was gone. */
  async delete(): Promise<boolean> {
    this.#assertOpen('delete');
    return deleteThis(this.#ground);
  }

  /** Ends what it holds. Idempotent. */
  dispose(): Promise<void> {
    this.#ending ??= this.#dispose();
    return this.#ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #assertOpen(operation: string): void {
    if (this.#ending !== undefined) throw new QueueClosedError(operation, `batch ${this.id}`, 'disposed');
  }

  async #dispose(): Promise<void> {
    await Promise.all([this.#workers.parts.end(), this.#workers.reducer.end()]);
    await this.#opening.end();
  }
}
