import { dataAs, parseTaskRecord } from '../formats/task-record.ts';
import { parsePlace } from '../machines/task-place.ts';
import { pause } from '../queues/consume-abort.ts';
import type { Attempt } from '../tasks/attempt.ts';
import { TaskRefusedError } from '../tasks/task-errors.ts';
import { TaskRunner, type WorkOptions } from '../tasks/task-runner.ts';
import type { TrackerGround } from '../tasks/tracker-ground.ts';
import { type BatchGround, REDUCE } from './batch-ground.ts';
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

/** How long to wait before looking again whether who has the reduce lives, in milliseconds. */
const LOOK_AGAIN_MS = 200;

/** Runs the reduce of a batch: a task like others, with attempts and a lease. */
export class Reducer<P, R> {
  readonly #ground: BatchGround;
  readonly #named: TaskRunner<unknown>;
  readonly #due: TaskRunner<unknown>;

  constructor(ground: BatchGround, tracker: TrackerGround) {
    this.#ground = ground;
    this.#named = new TaskRunner({ ...tracker, isEarly: true });
    this.#due = new TaskRunner({ ...tracker, isForAnybody: (id) => id === REDUCE, mayHaveMore: () => isUnsettled(ground, REDUCE) });
  }

  /** Runs it once. @throws TaskRefusedError if somebody has it, or it is over; what `work` threw */
  one<V>(work: ReduceWork<P, R, V>, signal?: AbortSignal): Promise<V> {
    return this.#named.run(REDUCE, (attempt) => this.#work(work, attempt), [], signal);
  }

  /**
   * Runs it if all parts have succeeded, unless it is over or somebody who lives has it. As long as it is not known whether
   * they do, it waits: else the last who knows that there is something to reduce might go.
   */
  async ifDue<V>(work: ReduceWork<P, R, V>): Promise<void> {
    const isDue = async (): Promise<boolean> => (await readVerdict(this.#ground))?.kind === 'reduce';
    for (; await isDue(); await pause(this.#ground.clock, LOOK_AGAIN_MS, [])) {
      await findVerdict(this.#ground);
      let isStarted = false;
      try {
        await this.#named.run(REDUCE, (attempt) => {
          isStarted = true;
          return this.#work(work, attempt);
        });
        return;
      } catch (error) {
        if (isStarted || !(error instanceof TaskRefusedError)) throw error;
      }
      if (await this.#isCaredFor()) return;
    }
  }

  /** Sees to it that it is done, by whomever, or given up: one who has it may die. Gives whether it was done here. */
  async untilDone<V>(work: ReduceWork<P, R, V>, options: WorkOptions): Promise<boolean> {
    const { done } = await this.#due.work((attempt) => this.#work(work, attempt), options);
    return done > 0;
  }

  async end(): Promise<void> {
    await Promise.all([this.#named.end(), this.#due.end()]);
  }

  async #work<V>(work: ReduceWork<P, R, V>, attempt: Attempt): Promise<V> {
    const { id, plan } = this.#ground;
    const results = (): AsyncGenerator<PartResult<P, R>, void, void> => resultsOf<P, R>(this.#ground);
    const made = await work({ batchId: id, metadata: plan.metadata ?? null, total: plan.total, results }, attempt);
    attempt.data = made ?? null;
    return made;
  }

  async #isCaredFor(): Promise<boolean> {
    const seen = await this.#ground.tasks.read(REDUCE);
    if (seen?.kind !== 'task') return true;
    const status = parsePlace(seen.place)?.status;
    return status === 'succeeded' || status === 'ignored' || seen.holder?.standing === 'alive';
  }
}

/** What the reduce came to; undefined as long as it has not succeeded. */
export async function reducedOf<V>({ tasks }: BatchGround): Promise<V | undefined> {
  const seen = await tasks.read(REDUCE);
  if (seen?.kind !== 'task' || parsePlace(seen.place)?.status !== 'succeeded') return undefined;
  return dataAs<V>(parseTaskRecord(seen.fields).data);
}

/** Whether the reduce has succeeded. One look while parts are left. */
export async function isDone(ground: BatchGround): Promise<boolean> {
  return (await readVerdict(ground))?.kind === 'reduce' && (await reducedOf(ground)) !== undefined;
}
