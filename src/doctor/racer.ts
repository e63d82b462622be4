import { disk } from '../fs/disk.ts';
import { errnoName } from '../fs/errno.ts';
import { runRace } from './race.ts';
import type { RaceOrder } from './race.ts';

/**
 * A process that races, started by `racer-processes.ts`: for each order it is sent it runs the race on the machine's disk
 * and sends what it got. It ends with the process that started it, and leaves Ctrl-C to that.
 */

/** What a racer sends. */
export type RacerMessage = { readonly ready: true } | { readonly take: unknown } | { readonly error: string };

function say(message: RacerMessage): void {
  process.send?.(message);
}

/** Enough for a heat on a local disk. Where calls are slow nobody ever waits for the next. */
const HEAT_MS = 4;
/** A timer is that much off; a heat is over by then. */
const SPIN_MS = 1;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** All of a machine begin at the same instant: they sleep until shortly before, and spin until then. */
function waitUntil(instant: number): void {
  const sleepMs = instant - SPIN_MS - Date.now();
  if (sleepMs > 0) Atomics.wait(nobody, 0, 0, sleepMs);
  while (Date.now() < instant);
}

async function obey(order: RaceOrder): Promise<void> {
  say({ take: await runRace(disk, order, (heat) => waitUntil(order.startAt + heat * HEAT_MS)) });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (order: RaceOrder) => {
  obey(order).catch((error: unknown) => say({ error: errnoName(error) }));
});
say({ ready: true });
