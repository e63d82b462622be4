import type { TrackerGround } from '../tasks/tracker-ground.ts';
import { parsePlace } from '../machines/task-place.ts';
import { announce, type Publish } from './announce.ts';
import { BatchFailedError, BatchNotFoundError, BatchNotReadyError, PartNotFoundError } from './batch-errors.ts';
import { assertThere, type BatchGround, isThere, partNumber } from './batch-ground.ts';
import { type BatchStatus, batchStatus } from './batch-status.ts';
import type { BatchWorkOptions, BatchWorkReport, PartOptions } from './batch-work.ts';
import { retryParts } from './part-retry.ts';
import { pendingParts } from './pending-parts.ts';
import { type PartWork, PartWorker } from './part-work.ts';
import { isDone, reducedOf, type ReduceOptions, Reducer, type ReduceWork } from './reduce-work.ts';
import { assertNotFailed, decideFailed, findVerdict } from './verdict.ts';

/** A sealed set of parts, and at most one reduce: once all parts have succeeded there is one, whoever crashed where. */
export class Batch<P = unknown, R = unknown> implements AsyncDisposable {
  readonly #ground: BatchGround;
  readonly #parts: PartWorker<P, R>;
  readonly #reducer: Reducer<P, R>;
  readonly #end: () => Promise<void>;
  #ending: Promise<void> | undefined;

  /** @internal `createBatch` and `openBatch` make it. */
  constructor(ground: BatchGround, tracker: TrackerGround, end: () => Promise<void>) {
    this.#ground = ground;
    this.#parts = new PartWorker<P, R>(ground, tracker);
    this.#reducer = new Reducer<P, R>(ground, tracker);
    this.#end = end;
  }

  get id(): string {
    return this.#ground.id;
  }

  get total(): number {
    return this.#ground.plan.total;
  }

  get metadata(): unknown {
    return this.#ground.plan.metadata ?? null;
  }

  /** How it stands. One pass over the names of its parts. @throws BatchNotFoundError if it was deleted, as all that asks of it */
  status(): Promise<BatchStatus> {
    return batchStatus(this.#ground);
  }

  /** The ids of the parts that have not succeeded and may yet, in order. One pass over names. @throws BatchNotFoundError */
  async pendingParts(): Promise<string[]> {
    const pending = await pendingParts(this.#ground);
    await assertThere(this.#ground);
    return pending;
  }

  /** Whether a part has succeeded. @throws PartNotFoundError, BatchNotFoundError */
  async isPartDone(partId: string | number): Promise<boolean> {
    const seen = await this.#ground.tasks.read(this.#partId(partId));
    if (seen === undefined) await assertThere(this.#ground);
    return seen !== undefined && parsePlace(seen.place)?.status === 'succeeded';
  }

  /** What the reduce came to; undefined as long as it has not succeeded. @throws BatchNotFoundError */
  async reduced<V = unknown>(): Promise<V | undefined> {
    const value = await reducedOf<V>(this.#ground);
    if (value === undefined) await assertThere(this.#ground);
    return value;
  }

  /**
   * Makes all parts ready to be worked on, and tells `publish` of each that is not settled. Repeating it after a crash does
   * what was left: it may tell of some again. Resolves with how many parts it went through: 0 if that was done before.
   * @throws BatchNotFoundError, what `publish` threw
   */
  announce(publish?: Publish): Promise<number> {
    return this.#whileThere(() => announce(this.#ground, publish));
  }

  /**
   * Works on one part, at once: `work` gets what it holds, and what it gives is kept as its result. A part that succeeded
   * before gives its result again without `work`. If it was the last, it is decided here what becomes of the batch; and if
   * `reduce` is given, the batch is to be reduced, and nobody who lives does so, it is run.
   *
   * @throws PartNotFoundError, BatchFailedError (then `work` never runs), TaskRefusedError, what `work` or `reduce` threw
   */
  part<V>(partId: string | number, work: PartWork<P, R>, { failBatchOn = [], reduce }: PartOptions<P, R, V> = {}): Promise<R> {
    return this.#whileThere(async () => {
      const result = await this.#parts.one(this.#partId(partId), work, failBatchOn);
      if (reduce === undefined) return result;
      await this.#reducer.ifDue(reduce);
      await this.#deleteIfDone();
      return result;
    });
  }

  /**
   * Works on whatever part is due, several at a time, until none is left, at others neither, or the batch has failed; then, if
   * `reduce` is given, sees to it that it is done, by whomever.
   * @throws BatchFailedError if the batch had failed before
   */
  work<V>(work: PartWork<P, R>, { failBatchOn = [], reduce, ...options }: BatchWorkOptions<P, R, V> = {}): Promise<BatchWorkReport> {
    return this.#whileThere(async () => {
      await assertNotFailed(this.#ground);
      await announce(this.#ground, undefined);
      const parts = await this.#parts.all(work, failBatchOn, { ...options, follow: false });
      const verdict = parts.interrupted === null ? await findVerdict(this.#ground) : undefined;
      const { timeoutMs: _ofParts, progress: _too, ...forReduce } = options;
      const reduced = reduce !== undefined && verdict?.kind === 'reduce' && (await this.#reducer.untilDone(reduce, forReduce));
      return { parts, reduced, status: await this.#lastStatus() };
    });
  }

  /**
   * Runs the reduce, at once, and once: it is a task with attempts like others.
   * @throws BatchNotReadyError while parts are left, BatchFailedError, TaskRefusedError if somebody has it or it is over, what `work` threw
   */
  reduce<V>(work: ReduceWork<P, R, V>, { signal }: ReduceOptions = {}): Promise<V> {
    return this.#whileThere(async () => {
      const verdict = await findVerdict(this.#ground);
      if (verdict?.kind === 'failed') throw new BatchFailedError(this.id, verdict.reason);
      await assertThere(this.#ground);
      if (verdict === undefined) throw new BatchNotReadyError(this.id);
      const value = await this.#reducer.one(work, signal);
      await this.#deleteIfDone();
      return value;
    });
  }

  /** Fails the batch, for good, if nothing is decided yet: no part runs any more, and no reduce. False if it was decided before. */
  async fail(reason: string): Promise<boolean> {
    if (typeof reason !== 'string') throw new TypeError(`fail takes the reason as text, got ${typeof reason}.`);
    await assertThere(this.#ground);
    return decideFailed(this.#ground, reason);
  }

  /**
   * Puts parts that failed or were given up back to work, due at once; and the reduce, where that was given up. Resolves with
   * how many that was.
   * @throws BatchFailedError: what has failed as a whole stays so
   */
  retry(): Promise<number> {
    return this.#whileThere(async () => {
      await assertThere(this.#ground);
      return retryParts(this.#ground);
    });
  }

  /** Removes the batch with all that is in it, whoever works on it: they get a `BatchNotFoundError`. False if it was gone. */
  async delete(): Promise<boolean> {
    return (await isThere(this.#ground)) && this.#ground.store.remove('batches', this.id);
  }

  /** Ends what it holds. Idempotent. */
  dispose(): Promise<void> {
    this.#ending ??= this.#dispose();
    return this.#ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #partId(partId: string | number): string {
    const id = String(partId);
    const index = partNumber(id);
    if (index === undefined || index >= this.total) throw new PartNotFoundError(this.id, id, this.total);
    return id;
  }

  /** Whoever finds it done removes it: who has done it may have been stopped before. */
  async #deleteIfDone(): Promise<void> {
    if (this.#ground.plan.deleteWhenDone && (await isDone(this.#ground))) await this.delete();
  }

  /** How it stands before it is removed; null if somebody else was faster. */
  async #lastStatus(): Promise<BatchStatus | null> {
    try {
      return await this.status();
    } catch (error) {
      if (this.#ground.plan.deleteWhenDone && error instanceof BatchNotFoundError) return null;
      throw error;
    } finally {
      await this.#deleteIfDone();
    }
  }

  /** What the store says of what is gone is no help. */
  async #whileThere<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof BatchNotFoundError || (await isThere(this.#ground).catch(() => true))) throw cause;
      throw new BatchNotFoundError(this.id, this.#ground.store.url, { cause });
    }
  }

  async #dispose(): Promise<void> {
    await Promise.all([this.#parts.end(), this.#reducer.end()]);
    await this.#end();
  }
}
