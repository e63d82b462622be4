import type { Clock } from '../clock.ts';
import { watchFolder } from '../fs/folder-watch.ts';
import { pause } from '../queues/consume-abort.ts';

export interface LooksOptions {
  readonly clock: Clock;
  /** How often to look when nothing is noticed, in milliseconds. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** False: only the timer counts. @default the system's events too */
  readonly events?: false;
}

// A look reads the whole queue: it must not take more than this share of the time, and of the disk.
const REST_PER_LOOK = 4;

/**
 * One turn for each look at a folder: the first at once, the others after `intervalMs`, or sooner when something changed
 * there; but never without a rest of some times what the last look took. Throws the signal's reason when that aborts.
 */
export async function* looks(directory: string, { clock, intervalMs, signal, events }: LooksOptions): AsyncGenerator<void, void, void> {
  let due = new AbortController();
  const watch = watchFolder(directory, () => due.abort(), { pollMs: intervalMs, clock, ...(events === false && { events }) });
  try {
    for (;;) {
      signal.throwIfAborted();
      due = new AbortController();
      const began = clock.monotonic();
      yield;
      await pause(clock, (clock.monotonic() - began) * REST_PER_LOOK, [signal]);
      await pause(clock, intervalMs, [due.signal, signal]);
    }
  } finally {
    watch.stop();
  }
}
