import type { Clock } from '../clock.ts';
import { readQueue } from './library.ts';
import { looks } from './looks.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * Resolves when something waits in the queue and nobody has it; rejects with the signal's reason. Owns nothing meanwhile,
 * so that others can put.
 */
export async function untilWorkComes(directory: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const reader = await readQueue(directory);
  for await (const _ of looks(directory, { clock, intervalMs: LOOK_EVERY_MS, signal })) {
    const { counts, holder } = await reader.status();
    if (counts.waiting + counts.taken > 0 && !holder?.alive) return;
  }
}
