import { makeFile } from './small-files.ts';
import { pause } from './waiting.ts';
import type { Workplace } from './workplace.ts';

/** How file times go here. No promise rests on a clock: this is for who reads the times. */
export interface TimesFinding {
  /** The smallest step of a file's time that was seen, in milliseconds; null if it did not move at all. */
  readonly granularityMs: number | null;
  /** How far the clock that stamps files is ahead of this machine's, in milliseconds. */
  readonly fileClockAheadMs: number;
  /** By how much that may be wrong. */
  readonly uncertaintyMs: number;
}

const LONGEST_MS = 2_500;
/** Where time moves at all within these, more patience finds no smaller step. */
const ENOUGH_MS = 60;
const EVERY_MS = 1;

export async function examineTimes(place: Workplace): Promise<TimesFinding> {
  const room = await place.room('times');
  const granularityMs = await smallestStep(place, `${room}/touched`);
  return { granularityMs, ...(await fileClock(place, room, granularityMs ?? 0)) };
}

/** Writes in place again and again, and looks at the time of the file. */
async function smallestStep(place: Workplace, path: string): Promise<number | null> {
  const { fs, clock } = place;
  await makeFile(fs, path, '0');
  const file = await fs.open(path, 'update');
  let [smallest, last]: [number | null, number | undefined] = [null, (await fs.lstat(path))?.modifiedMs];
  const began = clock.monotonic();
  try {
    for (let spent = 0; spent < (smallest === null ? LONGEST_MS : ENOUGH_MS); spent = clock.monotonic() - began) {
      file.write(new TextEncoder().encode('1'), 0, 1, 0);
      const now = (await fs.lstat(path))?.modifiedMs;
      const step = now !== undefined && last !== undefined ? now - last : 0;
      if (step > 0 && (smallest === null || step < smallest)) smallest = step;
      last = now;
      await pause(place, EVERY_MS);
    }
  } finally {
    file.close();
  }
  return smallest;
}

const TRIES = 5;

/** Makes a file between two looks at the wall clock: the narrowest gap tells most. */
async function fileClock(place: Workplace, room: string, granularityMs: number): Promise<Omit<TimesFinding, 'granularityMs'>> {
  const tries: { ahead: number; gap: number }[] = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const path = `${room}/stamp-${attempt}`;
    const before = place.clock.wall().getTime();
    await makeFile(place.fs, path, 'x');
    const modified = (await place.fs.lstat(path))?.modifiedMs ?? before;
    const after = place.clock.wall().getTime();
    tries.push({ ahead: modified - (before + after) / 2, gap: after - before });
    await place.breathe();
  }
  const best = tries.reduce((one, other) => (other.gap < one.gap ? other : one), { ahead: 0, gap: Infinity });
  return { fileClockAheadMs: Math.round(best.ahead), uncertaintyMs: Math.ceil(best.gap / 2 + granularityMs) };
}
