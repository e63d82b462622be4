export interface TimeLimit {
  /** No limit unless given. */
  readonly timeoutMs?: number | undefined;
  readonly killAfterMs: number;
}

export interface Endings {
  /** Asks it to end. */
  readonly terminate: () => void;
  readonly kill: () => void;
}

/** The time that a program has: it is asked to end when that is over, and killed `killAfterMs` later. */
export class Deadline {
  #passed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ timeoutMs, killAfterMs }: TimeLimit, { terminate, kill }: Endings) {
    if (timeoutMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#passed = true;
      terminate();
      this.#timer = setTimeout(kill, killAfterMs);
    }, timeoutMs);
  }

  get passed(): boolean {
    return this.#passed;
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
