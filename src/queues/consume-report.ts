import type { Clock } from '../clock.ts';
import type { ItemSettledError } from '../errors.ts';
import type { ShutdownSignal } from './consume-signals.ts';

/** What became of the items that were taken. At the end they add up: taken = done + failed + retried + released + lost. */
export interface ConsumeCounts {
  /** Deliveries: an item that comes three times counts three times. */
  readonly taken: number;
  /** Handled and settled as done. */
  readonly done: number;
  /** Given up: the attempts used up, or a `PermanentError`. */
  readonly failed: number;
  /** Failed attempts of items that come again. */
  readonly retried: number;
  /** Given back unfinished, no attempt counted. */
  readonly released: number;
  /** The claim went while it was worked on, or the queue could not write down how it ended: it comes again. */
  readonly lost: number;
}

/** An item that was given up. */
export interface ConsumeError {
  readonly id: string;
  /** The attempt that was the last. */
  readonly attempt: number;
  /** What the handler threw. */
  readonly error: unknown;
}

/** That it ended before the queue did. */
export interface Interruption {
  /** `drained`: what ran was finished. `forced`: what ran was given back. */
  readonly how: 'drained' | 'forced';
  /** The signal of the system that asked for it; null when it was an `AbortSignal`. */
  readonly signal: ShutdownSignal | null;
}

/** What `consume` did. */
export interface ConsumeReport extends ConsumeCounts {
  /** Null when it ended because the queue did. */
  readonly interrupted: Interruption | null;
  readonly durationMs: number;
  /** The first hundred items that were given up; `failed` counts all. */
  readonly errors: readonly ConsumeError[];
}

/** How far `consume` is. taken = done + failed + retried + released + lost + running + waitingForRetry, at any time. */
export interface ConsumeProgress extends ConsumeCounts {
  /** `stopping` takes nothing more; `ended` is the last that is told. */
  readonly state: 'working' | 'stopping' | 'ended';
  readonly running: number;
  /** Held until their wait after a failed attempt is over. */
  readonly waitingForRetry: number;
  /** By this machine's clock, for people. */
  readonly startedAt: Date;
  /** Since then, by a clock that nobody sets: what a rate is computed with. */
  readonly elapsedMs: number;
}

/** Where a delivery can be: with a handler, waiting to come again, or settled. */
export type Place = Held | Settled;
export type Held = 'running' | 'waitingForRetry';
export type Settled = 'done' | 'failed' | 'retried' | 'released' | 'lost';

/** How a delivery ended whose handler settled it itself; undefined if it did not. */
export function settledBefore({ before }: ItemSettledError, attempt: number, maxAttempts: number | undefined): Settled | undefined {
  if (before === 'done' || before === 'released') return before;
  if (before !== 'failed') return undefined;
  return maxAttempts !== undefined && attempt >= maxAttempts ? 'failed' : 'retried';
}

const ERRORS_KEPT = 100;

/** The same with items that were given up before anybody worked on them. */
export function withGivenUp(report: ConsumeReport, givenUp: readonly ConsumeError[]): ConsumeReport {
  const [taken, failed] = [report.taken + givenUp.length, report.failed + givenUp.length];
  return { ...report, taken, failed, errors: [...report.errors, ...givenUp].slice(0, ERRORS_KEPT) };
}

/** Counts deliveries by where they are. One is always in exactly one place, so the counts add up by construction. */
export class Tally {
  readonly #clock: Clock;
  readonly #startedAt: Date;
  readonly #started: number;
  readonly #at: Record<Place, number> = { running: 0, waitingForRetry: 0, done: 0, failed: 0, retried: 0, released: 0, lost: 0 };
  readonly #errors: ConsumeError[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.wall();
    this.#started = clock.monotonic();
  }

  take(): void {
    this.#at.running += 1;
  }

  move(from: Held, to: Place): void {
    this.#at[from] -= 1;
    this.#at[to] += 1;
  }

  keep(error: ConsumeError): void {
    if (this.#errors.length < ERRORS_KEPT) this.#errors.push(error);
  }

  get waiting(): number {
    return this.#at.waitingForRetry;
  }

  /** Deliveries that are not settled. */
  get held(): number {
    return this.#at.running + this.#at.waitingForRetry;
  }

  /** Deliveries that are. */
  get settled(): number {
    const { done, failed, retried, released, lost } = this.#at;
    return done + failed + retried + released + lost;
  }

  progress(state: ConsumeProgress['state']): ConsumeProgress {
    const { running, waitingForRetry } = this.#at;
    return { ...this.#counts(), state, running, waitingForRetry, startedAt: this.#startedAt, elapsedMs: this.#elapsedMs() };
  }

  report(interrupted: Interruption | null): ConsumeReport {
    return { ...this.#counts(), interrupted, durationMs: this.#elapsedMs(), errors: [...this.#errors] };
  }

  #counts(): ConsumeCounts {
    const { done, failed, retried, released, lost } = this.#at;
    return { taken: this.held + this.settled, done, failed, retried, released, lost };
  }

  #elapsedMs(): number {
    return this.#clock.monotonic() - this.#started;
  }
}
