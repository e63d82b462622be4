import { formatDuration, formatRate } from './quantity.ts';

/** How fast the work is, and how long the rest takes at that. */
export interface Pace {
  /** Messages done in a second; null until two looks at least a moment apart. */
  readonly donePerSecond: number | null;
  /** Null when nothing moves, or too little is known. */
  readonly etaMs: number | null;
}

interface Look {
  readonly atMs: number;
  readonly done: number;
}

const WINDOW_MS = 30_000;
const SHORTEST_MS = 200;

/** Measures over the last half minute, so that the rate follows what happens now. */
export class PaceMeter {
  #looks: Look[] = [];

  /** `atMs` by a clock that nobody sets; `left` is what still has to be done. */
  look(atMs: number, done: number, left: number): Pace {
    // A new load counts from the beginning again.
    if (done < (this.#looks.at(-1)?.done ?? 0)) this.#looks = [];
    this.#looks.push({ atMs, done });
    while (this.#looks.length > 2 && atMs - (this.#looks[1]?.atMs ?? atMs) >= WINDOW_MS) this.#looks.shift();
    const first = this.#looks[0];
    if (first === undefined || atMs - first.atMs < SHORTEST_MS) return { donePerSecond: null, etaMs: null };
    const donePerSecond = ((done - first.done) * 1_000) / (atMs - first.atMs);
    return { donePerSecond, etaMs: donePerSecond > 0 ? Math.round((left * 1_000) / donePerSecond) : null };
  }
}

/** `12.5/s, 3m 05s left`; empty while nothing is known. */
export function formatPace({ donePerSecond, etaMs }: Pace): string {
  if (donePerSecond === null) return '';
  return etaMs === null || etaMs === 0 ? formatRate(donePerSecond) : `${formatRate(donePerSecond)}, ${formatDuration(etaMs)} left`;
}
