import { formatBeat, formatBeatingFile } from '../../src/formats/beating-record.ts';
import { LifeWatch } from '../../src/fs/life-watch.ts';
import type { Clock } from '../../src/clock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { randomNumbers } from './random.ts';

const LEASE_MS = 1_000;
const YEARS_MS = 20 * 365 * 86_400_000;

/** Leases in which the watched one lives before it dies. */
const LIVED = 4;

export interface ClockLife {
  /** How often one was taken for dead that beats. */
  readonly steals: number;
  /** So many leases after its last beat it was found dead. */
  readonly foundAfter: number;
}

/**
 * One that beats somewhere else and one that watches it, each with a clock on the wall that shows any time and is set all the
 * time; both are a little late now and then. Nobody really waits.
 */
export async function clockLife(seed: number): Promise<ClockLife> {
  const random = randomNumbers(seed);
  let now = random() * 1e9;
  const anyTime = (): Date => new Date(Date.UTC(2026, 0, 1) + (random() - 0.5) * YEARS_MS);
  const clock: Clock = { monotonic: () => now, wall: anyTime, after: () => () => undefined };
  const record = { host: 'elsewhere', bootId: 'b', pidNamespace: 'n', pid: 7, startTime: '1', since: anyTime().toISOString() };
  const fs = memoryDisk({ '/beats/one': formatBeatingFile({ ...record, leaseMs: LEASE_MS }) });
  const watch = new LifeWatch(fs, { directory: '/beats', clock, leaseMs: LEASE_MS });
  const end = now + LIVED * LEASE_MS;
  let [beats, beatAt, nextBeat, steals] = [1, now, now, 0];
  for (;;) {
    now += LEASE_MS * (0.1 + 0.2 * random());
    if (nextBeat <= now && now < end) {
      beats += 1;
      const file = await fs.open('/beats/one', 'update');
      file.write(new TextEncoder().encode(formatBeat(beats)), 0, 10, 0);
      file.close();
      beatAt = now;
      // It misses some: every fifth of a lease one is due.
      nextBeat = now + LEASE_MS * (random() < 0.2 ? 0.6 * random() : 0.2);
    }
    const isDead = (await watch.look(['one'])).get('one')?.standing === 'dead';
    if (isDead && now < end) steals += 1;
    if (now >= end && (isDead || now > end + 10 * LEASE_MS)) return { steals, foundAfter: isDead ? (now - beatAt) / LEASE_MS : Infinity };
  }
}
