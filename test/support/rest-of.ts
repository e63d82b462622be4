import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FaultyDisk } from './faulty-disk.ts';
import { describeCall } from './fault-plan.ts';

/** Longer than any action on a disk in memory takes: one that waits so long waits for ever. */
const PATIENCE_MS = 10_000;

/**
 * Lets an action run until it is over or its process ended, and what it left under way come to rest.
 * @throws what the action throws, unless its process ended
 */
export async function restOf(action: (fs: FaultyDisk) => Promise<unknown>, process: FaultyDisk): Promise<void> {
  let hung: NodeJS.Timeout | undefined;
  const hanging = new Promise<void>((_, reject) => {
    hung = setTimeout(() => reject(new Error(`the action hangs; its last call was ${lastCall(process)}`)), PATIENCE_MS);
  });
  try {
    await Promise.race([action(process), process.ended, hanging]);
  } catch (error) {
    if (!process.stopped) throw error;
  } finally {
    clearTimeout(hung);
  }
  await nextTurn();
  await nextTurn();
}

function lastCall(process: FaultyDisk): string {
  const last = process.calls.at(-1);
  return last ? describeCall(last) : 'none';
}
