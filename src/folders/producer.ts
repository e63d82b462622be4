import { randomUUID } from 'node:crypto';
import { describeFailure } from '../formats/failure-reason.ts';
import { showLife, type SignOfLife } from '../fs/sign-of-life.ts';
import { announce, type RunIdentity, whereItRuns } from './announce.ts';
import type { FolderContext } from './folder-context.ts';
import { Predecessors } from './predecessors.ts';
import { sweepProducers } from './sweep.ts';

export interface ProducerOptions {
  /** What it is called. */
  readonly producer: string;
  /** The name of its heartbeat, which no other opening ever has. */
  readonly beat: string;
  /** How long its silence is to be tolerated, in milliseconds. */
  readonly leaseMs: number;
}

/** As many earlier runs are named in one file: more would make it longer than readers read. */
const MOST_REPLACED = 20_000;

/** Somebody who fills the folder, and says so: it beats before its HELO, until after its last word. */
export class Producer {
  readonly #context: FolderContext;
  readonly #run: RunIdentity;
  readonly #life: SignOfLife;
  readonly #predecessors: Predecessors;

  private constructor(context: FolderContext, run: RunIdentity, life: SignOfLife, predecessors: Predecessors) {
    this.#context = context;
    this.#run = run;
    this.#life = life;
    this.#predecessors = predecessors;
  }

  /** A stop before the HELO leaves a heartbeat that nobody speaks of; after it a producer that is lost, which the next run replaces. */
  static async open(context: FolderContext, { producer, beat, leaseMs }: ProducerOptions): Promise<Producer> {
    const { fs, clock, layout } = context;
    const life = await showLife(fs, { directory: layout.producers, stages: layout.stages, name: beat, leaseMs, clock });
    try {
      const predecessors = await Predecessors.look(context, { producer, leaseMs });
      const run: RunIdentity = { uuid: randomUUID(), ...whereItRuns(), producer, beat };
      await announce(context, { type: 'helo', ...run, replaces: predecessors.over.slice(0, MOST_REPLACED), reason: '' });
      predecessors.watch();
      const opened = new Producer(context, run, life, predecessors);
      await opened.#clearUp(leaseMs);
      return opened;
    } catch (error) {
      // The HELO may have been said all the same: then it is known at once that this run came to nothing.
      life.release();
      throw error;
    }
  }

  /** Says that this was all. It waits until it is known which earlier runs are over, so that none of them is missed. */
  async done(): Promise<void> {
    await this.#predecessors.settled();
    await this.#say('done', '');
    await this.#predecessors.clear().catch(() => undefined);
  }

  /** Says that it can't go on, and why. */
  async fail(reason: unknown): Promise<void> {
    this.#predecessors.stop();
    await this.#say('failed', describeFailure(reason).message);
  }

  /** Waits no longer for what is not known of earlier runs. */
  hurry(): void {
    this.#predecessors.stop();
  }

  /** Leaves without a last word: readers see at once that it is lost. */
  leave(): void {
    this.#predecessors.stop();
    this.#life.release();
  }

  async #say(type: 'done' | 'failed', reason: string): Promise<void> {
    await announce(this.#context, { type, ...this.#run, replaces: this.#predecessors.over.slice(0, MOST_REPLACED), reason });
    // Only now: who does not beat and has not said that it was done is lost. What is left of it here does no harm.
    await this.#life.end().catch(() => undefined);
  }

  /** What can't be removed now is removed by the next run. */
  async #clearUp(leaseMs: number): Promise<void> {
    await this.#predecessors.clear().catch(() => undefined);
    await sweepProducers(this.#context, leaseMs).catch(() => undefined);
  }
}
