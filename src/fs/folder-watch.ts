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
  let stopped = false;
  let lastLook = clock.monotonic() - GAP_MS;
  let due = Infinity;
  let cancel = (): void => undefined;
  let stopEvents: (() => Promise<void>) | undefined;

  function lookIn(ms: number): void {
    const at = clock.monotonic() + ms;
    if (stopped || at >= due) return;
    cancel();
    due = at;
    cancel = clock.after(ms, look);
  }

  function look(): void {
    due = Infinity;
    lastLook = clock.monotonic();
    lookIn(pollMs);
    onChange();
  }

  function lookSoon(): void {
    lookIn(Math.max(0, lastLook + GAP_MS - clock.monotonic()));
  }

  lookIn(pollMs);
  if (events) {
    events(directory, lookSoon).then(
      (stop) => {
        if (stopped) endQuietly(stop);
        else stopEvents = stop;
      },
      () => undefined,
    );
  }
  return {
    stop() {
      stopped = true;
      cancel();
      if (stopEvents) endQuietly(stopEvents);
      stopEvents = undefined;
    },
  };
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
