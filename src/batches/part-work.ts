import { dataAs, parseTaskRecord } from '../formats/task-record.ts';
import type { ConsumeReport } from '../queues/consume.ts';
import { pause } from '../queues/consume-abort.ts';
import type { Attempt } from '../tasks/attempt.ts';
import { lookAgainMs } from '../tasks/look-again.ts';
import { TaskLockedError, TaskNotFoundError, TaskRefusedError, TaskSucceededError } from '../tasks/task-errors.ts';
import { TaskRunner, type WorkOptions } from '../tasks/task-runner.ts';
import type { TrackerGround } from '../tasks/tracker-ground.ts';
import { createParts } from './announce.ts';
import { BatchDamagedError } from './batch-damaged-error.ts';
import { BatchFailedError } from './batch-errors.ts';
import { type BatchGround, isPart } from './batch-ground.ts';
import { hasUnsettled } from './pending-parts.ts';
import { assertNotFailed, decideFailed, readVerdict } from './verdict.ts';

/** What a part holds, and what came of it. */
export interface PartData<P = unknown, R = unknown> {
  readonly part: P;
  /** What `work` gave for it, once it has succeeded. */
  result?: R;
}

export type PartWork<P, R> = (part: P, attempt: Attempt<PartData<P, R>>) => R | Promise<R>;

/** Errors of these classes fail the whole batch. */
export type FailBatchOn = readonly (abstract new (...args: never[]) => Error)[];

/** How long to wait before looking again whether who has a part lives, in milliseconds. */
const LOOK_AGAIN_MS = 200;

/** Runs parts: one that is named, or whatever is due. */
export class PartWorker<P, R> {
  readonly #ground: BatchGround;
  readonly #leaseMs: number;
  readonly #named: TaskRunner<PartData<P, R>>;
  readonly #due: TaskRunner<PartData<P, R>>;

  constructor(ground: BatchGround, tracker: TrackerGround) {
    this.#ground = ground;
    this.#leaseMs = tracker.leaseMs;
    // Who brings a part has waited: a queue has waits of its own.
    this.#named = new TaskRunner({ ...tracker, isEarly: true });
    const mayStart = async (): Promise<boolean> => (await readVerdict(ground))?.kind !== 'failed';
    this.#due = new TaskRunner({ ...tracker, isForAnybody: (id) => isPart(ground, id), mayStart, mayHaveMore: () => hasUnsettled(ground) });
  }

  /**
   * Runs one part. If it succeeded before, as where a message comes twice, its result is given, and `work` does not run.
   * @throws BatchFailedError, TaskRefusedError, DamagedRecordError, BatchDamagedError, what `work` threw
   */
  async one(id: string, work: PartWork<P, R>, failBatchOn: FailBatchOn): Promise<R> {
    const run: NamedRun = { isStarted: false };
    try {
      return await this.#runOnceKnown(id, work, failBatchOn, run);
    } catch (error) {
      if (run.isStarted || !(error instanceof TaskRefusedError)) throw error;
      await assertNotFailed(this.#ground);
      if (error instanceof TaskSucceededError) return this.#resultOf(id);
      if (!(error instanceof TaskNotFoundError)) throw error;
      await createParts(this.#ground, new Set([id]));
      return this.#runCreated(id, work, failBatchOn, run);
    }
  }

  /** Runs whatever is due, until nothing is left that may come to be, or the batch has failed. */
  all(work: PartWork<P, R>, failBatchOn: FailBatchOn, options: WorkOptions): Promise<ConsumeReport> {
    return this.#due.work((attempt) => this.#work(work, attempt, failBatchOn), options);
  }

  async end(): Promise<void> {
    await Promise.all([this.#named.end(), this.#due.end()]);
  }

  /** Whether who has it lives may not be known before a lease is over: who is refused meanwhile might be the last who comes for it. */
  async #runOnceKnown(id: string, work: PartWork<P, R>, failBatchOn: FailBatchOn, run: NamedRun): Promise<R> {
    for (;;) {
      try {
        return await this.#run(id, work, failBatchOn, run);
      } catch (error) {
        if (run.isStarted || !(error instanceof TaskLockedError)) throw error;
        const seen = await this.#ground.tasks.read(id);
        if (seen?.holder?.standing === 'alive') throw error;
        await pause(this.#ground.clock, lookAgainMs(LOOK_AGAIN_MS, this.#leaseMs), []);
      }
    }
  }

  /** It has been made: if it is not there, its file was removed. */
  async #runCreated(id: string, work: PartWork<P, R>, failBatchOn: FailBatchOn, run: NamedRun): Promise<R> {
    try {
      return await this.#run(id, work, failBatchOn, run);
    } catch (error) {
      if (run.isStarted || !(error instanceof TaskNotFoundError)) throw error;
      const gone = { partId: id, path: null, reason: 'its file is gone' };
      throw new BatchDamagedError(this.#ground.id, [gone], undefined, { cause: error });
    }
  }

  #run(id: string, work: PartWork<P, R>, failBatchOn: FailBatchOn, run: NamedRun): Promise<R> {
    const refused = new AbortController();
    const begin = async (attempt: Attempt<PartData<P, R>>): Promise<R> => {
      run.isStarted = true;
      const verdict = await readVerdict(this.#ground);
      if (verdict?.kind !== 'failed') return this.#work(work, attempt, failBatchOn);
      // Then it was no attempt.
      refused.abort();
      throw new BatchFailedError(this.#ground.id, verdict.reason);
    };
    return this.#named.run(id, begin, [], refused.signal);
  }

  async #work(work: PartWork<P, R>, attempt: Attempt<PartData<P, R>>, failBatchOn: FailBatchOn): Promise<R> {
    const { part } = attempt.data;
    try {
      const result = await work(part, attempt);
      attempt.data = { part, result };
      return result;
    } catch (error) {
      // Before the part's own end: a stop in between leaves the batch failed. Who has lost the part has no say any more.
      attempt.look();
      if (!attempt.signal.aborted && error instanceof Error && failBatchOn.some((one) => error instanceof one))
        await decideFailed(this.#ground, error.message || error.name);
      throw error;
    }
  }

  async #resultOf(id: string): Promise<R> {
    const seen = await this.#ground.tasks.read(id);
    return dataAs<Required<PartData<P, R>>>(seen?.kind === 'task' ? parseTaskRecord(seen.fields).data : {}).result;
  }
}

/** Whether what was thrown may be the work's. */
interface NamedRun {
  isStarted: boolean;
}
