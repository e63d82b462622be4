import { errnoName } from '../fs/errno.ts';
import { median } from './median.ts';
import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

/** Whether a sync is done or refused. Whether the disk then keeps its word at a power cut can't be seen from here. */
export interface SyncFinding {
  readonly directory: SyncAnswer;
  readonly file: SyncAnswer;
}

export interface SyncAnswer {
  /** What the system said instead, as `EINVAL`; null if it did as it was told. */
  readonly refused: string | null;
  /** How long one took, as a rule; null if it was refused. */
  readonly ms: number | null;
}

const TRIES = 5;

/** Syncs the directory after a new name in it, and a file after new bytes. */
export async function examineSync(place: Workplace): Promise<SyncFinding> {
  const room = await place.room('sync');
  return {
    directory: await answerOf(place, async (attempt) => {
      await makeFile(place.fs, `${room}/name-${attempt}`);
      return () => place.probe.syncDirectory(room);
    }),
    file: await answerOf(place, async (attempt) => {
      const file = await place.fs.open(`${room}/bytes-${attempt}`, 'append');
      file.write(new TextEncoder().encode('bytes'), 0, 5);
      return () => file.sync().finally(() => file.close());
    }),
  };
}

/** `prepare` makes what there is to sync, and gives the sync: that alone is timed. */
async function answerOf(place: Workplace, prepare: (attempt: number) => Promise<() => Promise<void>>): Promise<SyncAnswer> {
  const times: number[] = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const sync = await prepare(attempt);
    const began = place.clock.monotonic();
    try {
      await sync();
    } catch (error) {
      return { refused: errnoName(error), ms: null };
    }
    times.push(place.clock.monotonic() - began);
    await place.breathe();
  }
  return { refused: null, ms: median(times) };
}
