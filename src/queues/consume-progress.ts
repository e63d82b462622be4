import type { Clock } from '../clock.ts';
import type { ConsumeProgress } from './consume-report.ts';

export interface ProgressTarget {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly tell: ((progress: ConsumeProgress) => unknown) | undefined;
  /** What to tell, looked up when it is told. */
  readonly look: () => ConsumeProgress;
  /** Gets what `tell` throws. */
  readonly onError: (error: unknown) => void;
}

/** Tells how far the work is, no oftener than its interval. What changes in between is told when that is over. */
export class ProgressTeller {
  readonly #target: ProgressTarget;
  #toldAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(target: ProgressTarget) {
    this.#target = target;
  }

  changed(): void {
    const { clock, intervalMs, tell } = this.#target;
    if (tell === undefined || this.#cancelTimer !== undefined) return;
    const rest = this.#toldAt + intervalMs - clock.monotonic();
    if (rest <= 0) void this.#tell();
    else this.#cancelTimer = clock.after(rest, () => void this.#tell(), { background: true });
  }

  /** The last word: told whenever the one before was. */
  async end(): Promise<void> {
    await this.#tell();
  }

  async #tell(): Promise<void> {
    const { clock, tell, look, onError } = this.#target;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#toldAt = clock.monotonic();
    try {
      // Awaited, because one that turns out to be asynchronous must not leave its rejection to nobody.
      await tell?.(look());
    } catch (error) {
      onError(error);
    }
  }
}
