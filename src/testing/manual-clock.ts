import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** How many timers wait, background ones too. */
  readonly pending: number;
  /**
   * Moves both clocks on and calls back whatever falls due, in order, each at its own time. Between two timers, and at
   * the end, what they set off in memory comes to rest; nobody really waits. Calls made at once move it one after another.
   */
  advance(ms: number): Promise<void>;
  /** Sets the clock on the wall, as a person or a time server does. No timer takes notice. */
  setWall(to: Date): void;
}

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** Turns of the event loop in which a chain of promises and immediates comes to rest. */
const TURNS_TO_REST = 8;

/**
 * A clock for tests: its monotonic time begins at 0, its wall time at `start`.
 * @param start default 2000-01-01T00:00:00Z
 */
export function manualClock(start: Date = new Date(Date.UTC(2000, 0, 1))): ManualClock {
  let now = 0;
  let wallMinusNow = start.getTime();
  let moving: Promise<void> = Promise.resolve();
  const timers = new Set<Timer>();

  async function moveTo(target: number): Promise<void> {
    await comeToRest();
    for (let timer = firstDue(timers, target); timer; timer = firstDue(timers, target)) {
      timers.delete(timer);
      now = Math.max(now, timer.due);
      timer.callback();
      await comeToRest();
    }
    now = target;
  }

  return {
    monotonic: () => now,
    wall: () => new Date(wallMinusNow + now),
    after(ms, callback) {
      const timer: Timer = { due: now + Math.max(0, ms), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    get pending() {
      return timers.size;
    },
    advance(ms) {
      if (!(ms >= 0)) throw new TypeError(`advance takes milliseconds from 0 up, and got ${ms}`);
      const moved = moving.then(() => moveTo(now + ms));
      moving = moved.catch(() => undefined);
      return moved;
    },
    setWall(to) {
      wallMinusNow = to.getTime() - now;
    },
  };
}

/** Of those due by `target` the earliest; of equals the one that was set first, which a Set keeps in front. */
function firstDue(timers: Iterable<Timer>, target: number): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    if (timer.due <= target && (first === undefined || timer.due < first.due)) first = timer;
  }
  return first;
}

async function comeToRest(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_REST; turn += 1) await nextTurn();
}
