import { QueueBrokenError } from '../../src/errors.ts';
import type { Item } from '../../src/queues/queue.ts';
import type { Program } from './crash-script.ts';
import type { WatchedQueue } from './watched-queue.ts';

/** A program that does with a queue whatever comes to mind, and goes on after errors, as a careful one would. */
export class RandomQueueUser {
  /** All that was thrown at it. */
  readonly errors: unknown[] = [];
  readonly #program: Program;
  readonly #random: () => number;
  #queue: WatchedQueue | undefined;
  #hands: Item<string>[] = [];

  constructor(program: Program, random: () => number) {
    this.#program = program;
    this.#random = random;
  }

  async run(steps: number): Promise<void> {
    for (let step = 1; step <= steps; step += 1) await this.#attempt(() => this.#step(step));
    this.#program.fs.heal();
    // Who had it last is still at work when its process ends.
    await this.#attempt(async () => void (await this.#queue?.put('after all')));
  }

  async #attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.errors.push(error);
      if (error instanceof QueueBrokenError) await this.#leave().catch((more: unknown) => this.errors.push(more));
    }
  }

  async #step(step: number): Promise<unknown> {
    if (this.#queue === undefined) return (this.#queue = await this.#program.open());
    const [fate, random] = [this.#random(), this.#random()];
    const queue = this.#queue;
    if (fate < 0.3) return queue.put(`v${step}${random < 0.3 ? '.'.repeat(400) : ''}`, random > 0.7 ? `k${step}` : undefined);
    if (fate < 0.4) return queue.putAll(`w${step}`, `x${step}`, `y${step}`);
    if (fate < 0.6) return this.#take(queue);
    if (fate >= 0.95) return queue.queue.flush();
    if (fate >= 0.9) return this.#leave();
    return this.#settle(fate, queue);
  }

  async #take(queue: WatchedQueue): Promise<void> {
    const item = await queue.takeIfAny();
    if (item !== undefined) this.#hands.push(item);
  }

  async #settle(fate: number, queue: WatchedQueue): Promise<void> {
    const item = this.#hands.shift();
    if (item === undefined) return;
    if (fate < 0.75) await queue.done(item);
    else if (fate < 0.82) await queue.release(item);
    else await queue.fail(item, item.attempt >= queue.queue.maxAttempts);
  }

  async #leave(): Promise<void> {
    const queue = this.#queue;
    this.#queue = undefined;
    this.#hands = [];
    await queue?.dispose();
  }
}
