import { watchFolder } from '../fs/folder-watch.ts';
import type { FolderEvents } from '../fs/folder-watch.ts';
import { median } from './median.ts';
import { paceOf } from './pace.ts';
import { makeFile } from './small-files.ts';
import { pause, until } from './waiting.ts';
import type { Workplace } from './workplace.ts';

/** Whether the system's events wake who waits. A hint only: without any, waiting takes as long as the timer. */
export interface WatchFinding {
  /** How long until a new file woke us, as a rule, in milliseconds; null if none did. */
  readonly wakeMs: number | null;
  /** Out of how many new files, made one by one, how many woke us. */
  readonly tries: number;
  readonly noticed: number;
  /** Many new files at once, and how many of them were in the listing when an event had woken us the last time. */
  readonly burst: { readonly files: number; readonly noticed: number; readonly wakes: number };
}

const TRIES = 5;
const READY = { limitMs: 2_000, everyMs: 10 } as const;
const NOTICE = { limitMs: 1_000, everyMs: 2 } as const;
/** Events that come sooner after a look than this are put together, so a new file has to wait longer to be timed. */
const REST_MS = 80;
const BURST = { mostMs: 1_000, mostCount: 1_000 } as const;
/** The timer of the watch is no part of this. */
const NEVER_MS = 1e9;

export async function examineWatch(place: Workplace, events?: FolderEvents): Promise<WatchFinding> {
  const room = await place.room('watched');
  let wakes = 0;
  const watch = watchFolder(room, () => (wakes += 1), { pollMs: NEVER_MS, clock: place.clock, ...(events && { events }) });
  const wake = async (patience: { limitMs: number; everyMs: number }, since: number): Promise<number | null> =>
    until(place, patience, async () => wakes > since);
  try {
    // Its first event says that it is ready; where none comes, the tries say so too.
    await wake(READY, 0);
    const delays: number[] = [];
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      await pause(place, REST_MS);
      const before = wakes;
      await makeFile(place.fs, `${room}/single-${attempt}`);
      const delay = await wake(NOTICE, before);
      if (delay === null) break; // one that says nothing for so long is not asked again
      delays.push(delay);
    }
    const burst = delays.length > 0 ? await noticeBurst(place, room, () => wakes) : { files: 0, noticed: 0, wakes: 0 };
    return { wakeMs: delays.length > 0 ? median(delays) : null, tries: TRIES, noticed: delays.length, burst };
  } finally {
    watch.stop();
  }
}

/** Makes many files, and lists them at every wake, as a reader does. Ends when no event came for a while. */
async function noticeBurst(place: Workplace, room: string, wakes: () => number): Promise<WatchFinding['burst']> {
  await pause(place, REST_MS);
  const began = wakes();
  let [seen, noticed] = [began, 0];
  const lookIfWoken = async (): Promise<boolean> => {
    if (wakes() === seen) return false;
    seen = wakes();
    noticed = (await place.fs.readdir(room)).filter((name) => name.startsWith('burst-')).length;
    return true;
  };
  const { count } = await paceOf(place, BURST, async (index) => {
    await makeFile(place.fs, `${room}/burst-${index}`);
    await lookIfWoken();
  });
  while (noticed < count && (await until(place, NOTICE, lookIfWoken)) !== null);
  return { files: count, noticed, wakes: wakes() - began };
}
