/** So many may be at work at once; the others wait, first come first served. */
export class Slots {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Undefined if there is a slot now, else resolves when there is. Give it back. */
  take(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.add(resolve));
    this.#free -= 1;
    return undefined;
  }

  give(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      return next();
    }
    this.#free += 1;
  }
}
