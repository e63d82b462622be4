import { ClaimLostError, ItemSettledError } from '../errors.ts';
import type { TaskRecord } from '../formats/task-record.ts';
import type { SettleableItem } from '../queues/queue.ts';
import type { Attempt } from './attempt.ts';
import { failed, giveBack, succeed, successOf } from './end-attempt.ts';
import type { Started } from './start-task.ts';
import type { TrackerGround } from './tracker-ground.ts';

/** - `taken`: somebody works on it  - `settling`: its end is being written down  - the rest: how it ended */
type ItemState = 'taken' | 'settling' | 'done' | 'released' | 'failed';

const ENDS = { done: 'done', fail: 'failed', release: 'released' } as const;

/** A task that was started, to be settled once: `done`, `fail` or `release`. If its process dies before, that was an attempt. */
export class TaskItem<T> implements SettleableItem {
  readonly id: string;
  /** The how manieth in a row, those that failed or died before counted: what is given up is decided by that. */
  readonly attempt: number;
  /** The attempt itself: data, checkpoints, outputs. */
  readonly current: Attempt<T>;
  readonly #ground: TrackerGround;
  readonly #started: Started;
  readonly #ended: () => void;
  #state: ItemState = 'taken';
  /** Why it is not ours any more. */
  #lost: Error | undefined;
  #success: TaskRecord | undefined;
  #settling: Promise<void> = Promise.resolve();

  /** @internal The tracker makes it. `ended` is called when it is settled, or lost. */
  constructor(ground: TrackerGround, started: Started, attempt: Attempt<T>, ended: () => void) {
    this.#ground = ground;
    this.#started = started;
    this.#ended = ended;
    this.id = attempt.id;
    this.current = attempt;
    this.attempt = started.record.failures + 1;
  }

  /** Aborts when the task is not this attempt's any more. */
  get signal(): AbortSignal {
    return this.current.signal;
  }

  /** @internal Sees to it that `done` has nothing to refuse: what can't be written down is thrown, and nothing is decided. */
  async prepare(): Promise<void> {
    if (this.#state === 'taken') this.#success = await successOf(this.#ground, this.#started, this.current);
  }

  /**
   * It succeeded: its data and outputs are there.
   * @throws ClaimLostError, and then nothing of it is; what its data was refused for, or DiskError: then it has failed
   */
  done(): Promise<void> {
    return this.#settle('done', async () => {
      let success: TaskRecord;
      try {
        success = this.#success ?? (await successOf(this.#ground, this.#started, this.current));
      } catch (error) {
        await failed(this.#ground, this.#started, this.current, error);
        throw error;
      }
      await succeed(this.#ground, this.#started, this.current, success);
    });
  }

  /** It failed: it is due again after a while, or given up. @throws ClaimLostError, DiskError */
  fail(error: unknown): Promise<void> {
    return this.#settle('fail', () => failed(this.#ground, this.#started, this.current, error));
  }

  /** It is as it was before, but for what a checkpoint wrote down: this was no attempt. @throws ClaimLostError, DiskError */
  release(): Promise<void> {
    return this.#settle('release', () => giveBack(this.#ground, this.#started, this.current));
  }

  /** @internal Whoever works on it is told to stop, and it is given back. What can't be is found dead in a lease. */
  async abandon(reason: Error): Promise<void> {
    if (this.#state === 'taken') {
      this.current.lose(reason);
      const releasing = this.release();
      this.#lost = reason;
      await releasing.catch(() => undefined);
    }
    // What is being written down is not cut short.
    await this.#settling;
  }

  #settle(operation: keyof typeof ENDS, write: () => Promise<void>): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const before = this.#state === 'settling' ? 'being settled' : this.#state;
    if (before !== 'taken') return Promise.reject(new ItemSettledError(operation, this.id, before));
    this.#state = 'settling';
    const settled = this.#write(ENDS[operation], write);
    this.#settling = settled.catch(() => undefined);
    return settled;
  }

  async #write(as: ItemState, write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.#state = as;
    } catch (error) {
      if (error instanceof ClaimLostError) this.#lost = error;
      this.#state = 'failed';
      throw error;
    } finally {
      this.#ended();
    }
  }
}
