import type { Workplace } from './workplace.ts';

/** How often something was done, and how long that took. */
export interface Pace {
  readonly count: number;
  readonly ms: number;
}

export interface Effort {
  readonly mostMs: number;
  readonly mostCount: number;
}

const BREATHE_EVERY = 32;
/** Fewer say nothing; on a disk that needs a second for each they are the most one should wait for. */
const LEAST_COUNT = 3;

/** Does a step again and again until the time or the count is used up. */
export async function paceOf(place: Workplace, { mostMs, mostCount }: Effort, step: (index: number) => Promise<void>): Promise<Pace> {
  const began = place.clock.monotonic();
  let ms = 0;
  let count = 0;
  while (count < mostCount && (ms < mostMs || count < LEAST_COUNT)) {
    await step(count);
    count += 1;
    if (count % BREATHE_EVERY === 0) await place.breathe();
    ms = place.clock.monotonic() - began;
  }
  return { count, ms };
}

/** Milliseconds of one; 0 if there was none. */
export function millisecondsEach({ count, ms }: Pace): number {
  return count === 0 ? 0 : ms / count;
}
