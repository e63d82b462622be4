import { resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';

export interface FolderWatchOptions {
  /** How long to wait before looking again when no change was seen, in milliseconds. */
  readonly pollMs: number;
  /** What tells of changes; false for none, so that only the timer counts. @default the system's events */
  readonly events?: FolderEvents | false;
  readonly clock?: Clock;
}

/** Calls back at changes in a folder, as far as it notices any, until the function that it gives is called. */
export type FolderEvents = (directory: string, onEvent: () => void) => Promise<() => Promise<void>>;

export interface FolderWatch {
  /** Ends it at once: nothing is called back any more, and it keeps no process alive. */
  stop(): void;
}

/** Changes come in bursts: this long apart, in milliseconds, is often enough to look. */
const GAP_MS = 50;

/**
 * Calls `onChange` every `pollMs`, and sooner when something in the folder changed. The timer is the mechanism: events of
 * the system are dropped when there are many, and do not come at all for what another machine does on a network; so a
 * source of events that fails, or is silent, only means looking later. Keeps the process alive until it is stopped.
 */
export function watchFolder(directory: string, onChange: () => void, options: FolderWatchOptions): FolderWatch {
  const { pollMs, events = systemEvents, clock = systemClock } = options;
  const looker = new Looker(onChange, pollMs, clock);
  if (events)
    events(directory, () => looker.lookSoon()).then(
      (end) => looker.endWith(end),
      () => undefined,
    );
  return looker;
}

class Looker implements FolderWatch {
  readonly #onChange: () => void;
  readonly #pollMs: number;
  readonly #clock: Clock;
  #lastLook: number;
  #due = Infinity;
  #cancel = (): void => undefined;
  #endEvents: (() => Promise<void>) | undefined;
  #isStopped = false;

  constructor(onChange: () => void, pollMs: number, clock: Clock) {
    this.#onChange = onChange;
    this.#pollMs = pollMs;
    this.#clock = clock;
    this.#lastLook = clock.monotonic() - GAP_MS;
    this.#lookIn(pollMs);
  }

  lookSoon(): void {
    this.#lookIn(Math.max(0, this.#lastLook + GAP_MS - this.#clock.monotonic()));
  }

  /** How to end the source of events, once it has begun. */
  endWith(endEvents: () => Promise<void>): void {
    if (this.#isStopped) endQuietly(endEvents);
    else this.#endEvents = endEvents;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
    if (this.#endEvents) endQuietly(this.#endEvents);
    this.#endEvents = undefined;
  }

  #lookIn(ms: number): void {
    const at = this.#clock.monotonic() + ms;
    if (this.#isStopped || at >= this.#due) return;
    this.#cancel();
    this.#due = at;
    this.#cancel = this.#clock.after(ms, () => this.#look());
  }

  #look(): void {
    this.#due = Infinity;
    this.#lastLook = this.#clock.monotonic();
    this.#lookIn(this.#pollMs);
    this.#onChange();
  }
}

/** A source of events that can't be ended says nothing any more all the same. */
function endQuietly(stop: () => Promise<void>): void {
  stop().catch(() => undefined);
}

/**
 * The system's events for what lies directly in the folder. Everything but the folder itself is ignored: else chokidar looks
 * at every file first, which takes a minute for a hundred thousand. It is loaded only here, since most programs never wait.
 */
async function systemEvents(directory: string, onEvent: () => void): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar');
  const folder = resolve(directory);
  const watcher = watch(folder, { depth: 0, persistent: false, ignoreInitial: true, ignored: (path) => resolve(path) !== folder });
  watcher.on('raw', onEvent);
  // What changed before it was ready told nobody.
  watcher.on('ready', onEvent);
  // No more watches to be had, or the folder went away: the timer goes on.
  watcher.on('error', () => undefined);
  return () => watcher.close();
}
