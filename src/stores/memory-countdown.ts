import type { Countdown } from './store.ts';

/** Things that are left, in memory. */
export class MemoryCountdown implements Countdown {
  readonly #left = new Set<number>();
  #isOver = false;

  async begin(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) this.#left.add(index);
    this.#isOver = count === 0;
  }

  async finish(index: number): Promise<boolean> {
    this.#left.delete(index);
    this.#isOver ||= this.#left.size === 0;
    return this.#isOver;
  }
}
