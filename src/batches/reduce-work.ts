import { dataAs, parseTaskRecord } from '../formats/task-record.ts';
import { parsePlace } from '../machines/task-place.ts';
import { checkOptions, type OptionRules } from '../queues/check-options.ts';
import { pause } from '../queues/consume-abort.ts';
import type { DamagedTask, SeenTask } from '../stores/store.ts';
import { DamagedRecordError } from '../stores/store-errors.ts';
import type { Attempt } from '../tasks/attempt.ts';
import { lookAgainMs } from '../tasks/look-again.ts';
import { TaskRefusedError } from '../tasks/task-errors.ts';
import { TaskRunner, type WorkOptions } from '../tasks/task-runner.ts';
import type { TrackerGround } from '../tasks/tracker-ground.ts';
import { BatchDamagedError } from './batch-damaged-error.ts';
import { BatchNotReadyError } from './batch-errors.ts';
import { type BatchGround, isPart, REDUCE } from './batch-ground.ts';
import { damageOfReduce, findDamagedParts } from './damaged-parts.ts';
import { isUnsettled } from './pending-parts.ts';
import { type PartResult, resultsOf } from './part-results.ts';
import { findVerdict, readVerdict } from './verdict.ts';

/** The parts of a batch that is reduced. */
export interface Reduction<P = unknown, R = unknown> {
  readonly batchId: string;
  readonly metadata: unknown;
  readonly total: number;
  /** Each part with its result, in the order of the parts, one after the other. */
  readonly results: () => AsyncGenerator<PartResult<P, R>, void, void>;
}

export type ReduceWork<P, R, V> = (reduction: Reduction<P, R>, attempt: Attempt) => V | Promise<V>;

export interface ReduceOptions {
  /** What `work` throws once this has aborted was no attempt: somebody else may reduce. */
  readonly signal?: AbortSignal;
}

const RULES: Readonly<Record<keyof ReduceOptions, OptionRules[string]>> = {
  signal: { wants: 'an AbortSignal', test: (value) => value instanceof AbortSignal },
};

/** @throws TypeError */
export function checkReduceOptions(options: ReduceOptions): void {
  checkOptions('reduce', options, RULES);
}

/** How long to wait before looking again whether who has the reduce lives, in milliseconds. */
const LOOK_AGAIN_MS = 200;

/** Runs the reduce of a batch: a task like others, with attempts and a lease. */
export class Reducer<P, R> {
  readonly #ground: BatchGround;
  readonly #leaseMs: number;
  readonly #named: TaskRunner<unknown>;
  readonly #due: TaskRunner<unknown>;

  constructor(ground: BatchGround, tracker: TrackerGround) {
    this.#ground = ground;
    this.#leaseMs = tracker.leaseMs;
    this.#named = new TaskRunner({ ...tracker, isEarly: true });
    this.#due = new TaskRunner({ ...tracker, isForAnybody: (id) => id === REDUCE, mayHaveMore: () => isUnsettled(ground, REDUCE) });
  }

  /**
   * Runs it once.
   * @throws TaskRefusedError if somebody has it, or it is over; BatchDamagedError, BatchNotReadyError, and then it was no attempt;
   * what `work` threw
   */
  one<V>(work: ReduceWork<P, R, V>, signal?: AbortSignal): Promise<V> {
    const unready = new AbortController();
    const signals = [unready.signal, ...(signal === undefined ? [] : [signal])];
    return this.#named.run(REDUCE, (attempt) => this.#work(work, attempt, unready), [], AbortSignal.any(signals));
  }

  /**
   * Runs it if all parts have succeeded, unless it is over or somebody who lives has it. As long as it is not known whether
   * they do, it waits: else the last who knows that there is something to reduce might go.
   */
  async ifDue<V>(work: ReduceWork<P, R, V>): Promise<void> {
    for (; await this.#isDue(); await pause(this.#ground.clock, lookAgainMs(LOOK_AGAIN_MS, this.#leaseMs), [])) {
      await findVerdict(this.#ground);
      let isStarted = false;
      try {
        await this.one((reduction, attempt) => {
          isStarted = true;
          return work(reduction, attempt);
        });
        return;
      } catch (error) {
        // It is looked again whether parts are left: whoever ended the last of them meanwhile found that somebody had the reduce.
        if (error instanceof BatchNotReadyError) continue;
        if (isStarted || !(error instanceof TaskRefusedError)) throw error;
      }
      if (await this.#isCaredFor()) return;
    }
  }

  /**
   * Sees to it that it is done, by whomever, or given up: one who has it may die. Gives whether it was done here.
   * @throws BatchDamagedError, and then it was no attempt
   */
  async untilDone<V>(work: ReduceWork<P, R, V>, { signal, forceSignal, ...options }: WorkOptions): Promise<boolean> {
    const unready = new AbortController();
    const also = (other: AbortSignal | undefined): AbortSignal =>
      AbortSignal.any([unready.signal, ...(other === undefined ? [] : [other])]);
    const signals = { signal: also(signal), forceSignal: also(forceSignal) };
    const { done } = await this.#due.work((attempt) => this.#work(work, attempt, unready), { ...options, ...signals });
    const reason: unknown = unready.signal.reason;
    if (reason instanceof BatchDamagedError) throw reason;
    const damaged = done > 0 ? undefined : await damageOfReduce(this.#ground);
    if (damaged !== undefined) throw new BatchDamagedError(this.#ground.id, [damaged]);
    return done > 0;
  }

  async end(): Promise<void> {
    await Promise.all([this.#named.end(), this.#due.end()]);
  }

  /** Of what can't be read, or is not there yet, nothing is made, whatever `work` makes of that: `unready` aborts. */
  async #work<V>(work: ReduceWork<P, R, V>, attempt: Attempt, unready: AbortController): Promise<V> {
    const { id, plan } = this.#ground;
    const results = (): AsyncGenerator<PartResult<P, R>, void, void> => this.#results(unready);
    if (await this.#hasPartsLeft()) unready.abort(await this.#whyUnready());
    try {
      unready.signal.throwIfAborted();
      const made = await work({ batchId: id, metadata: plan.metadata ?? null, total: plan.total, results }, attempt);
      unready.signal.throwIfAborted();
      attempt.data = made ?? null;
      return made;
    } catch (error) {
      unready.signal.throwIfAborted();
      throw error;
    }
  }

  async *#results(unready: AbortController): AsyncGenerator<PartResult<P, R>, void, void> {
    try {
      yield* resultsOf<P, R>(this.#ground);
    } catch (error) {
      if (error instanceof BatchDamagedError || error instanceof BatchNotReadyError) unready.abort(error);
      throw error;
    }
  }

  async #isDue(): Promise<boolean> {
    return (await readVerdict(this.#ground))?.kind === 'reduce' && !(await this.#hasPartsLeft());
  }

  async #whyUnready(): Promise<Error> {
    const damaged = await findDamagedParts(this.#ground);
    return damaged.length > 0 ? new BatchDamagedError(this.#ground.id, damaged) : new BatchNotReadyError(this.#ground.id);
  }

  /** Whether parts were made anew since it was decided, and have not succeeded yet. */
  async #hasPartsLeft(): Promise<boolean> {
    const { tasks } = this.#ground;
    const left = (await tasks.ids(['pending', 'failed', 'ignored'])).filter((id) => isPart(this.#ground, id));
    // What somebody has counts, whatever lies beside it.
    if ((await tasks.ids(['running'])).some((id) => isPart(this.#ground, id))) return true;
    if (left.length === 0) return false;
    // Looked at last: what is made anew comes from there. Beside one that has succeeded lies a copy.
    const succeeded = new Set(await tasks.ids(['succeeded']));
    return left.some((id) => !succeeded.has(id));
  }

  async #isCaredFor(): Promise<boolean> {
    const seen = await this.#ground.tasks.read(REDUCE);
    if (seen?.kind !== 'task') return true;
    const status = parsePlace(seen.place)?.status;
    return status === 'succeeded' || status === 'ignored' || seen.holder?.standing === 'alive';
  }
}

/** What the reduce came to; undefined as long as it has not succeeded. @throws DamagedRecordError */
export async function reducedOf<V>({ tasks }: BatchGround): Promise<V | undefined> {
  const seen = await tasks.read(REDUCE);
  if (seen === undefined || !hasSucceeded(seen)) return undefined;
  if (seen.kind === 'damaged') throw new DamagedRecordError(seen.path, seen.reason);
  return dataAs<V>(parseTaskRecord(seen.fields).data);
}

/** Whether the reduce has succeeded. One look while parts are left. */
export async function isDone(ground: BatchGround): Promise<boolean> {
  if ((await readVerdict(ground))?.kind !== 'reduce') return false;
  const seen = await ground.tasks.read(REDUCE);
  return seen !== undefined && hasSucceeded(seen);
}

function hasSucceeded({ place }: SeenTask | DamagedTask): boolean {
  return parsePlace(place)?.status === 'succeeded';
}
