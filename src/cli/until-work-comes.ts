import type { Clock } from '../clock.ts';
import { readQueue } from '../queues/queue-reader.ts';
import { interruptible } from './interruption.ts';
import { looks } from './looks.ts';

const LOOK_EVERY_MS = 1_000;

/** Resolves when something waits in the queue and nobody has it. Owns nothing meanwhile, so that others can put. */
export async function untilWorkComes(directory: string, clock: Clock): Promise<void> {
  const reader = await readQueue(directory);
  await interruptible(async (signal) => {
    for await (const _ of looks(directory, { clock, intervalMs: LOOK_EVERY_MS, signal })) {
      const { counts, holder } = await reader.status();
      if (counts.waiting + counts.taken > 0 && !holder?.alive) return;
    }
  });
}
