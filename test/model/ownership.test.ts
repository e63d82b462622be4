import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { takeOwnership } from '../../src/fs/ownership.ts';
import type { Ownership } from '../../src/fs/ownership.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { randomNumbers } from '../support/random.ts';
import { turns } from '../support/turns.ts';
import { bySize } from '../support/sample.ts';

const stopped: Clock = { monotonic: () => 0, wall: () => new Date(0), after: () => () => undefined };

interface Tenure {
  readonly owner: Ownership;
  /** What it read when it became the owner. */
  readonly read: ReadonlySet<string>;
  readonly acknowledged: string[];
}

/**
 * Some processes that open one directory, write in it and acknowledge, a call at a time in an order that chance gives, on a
 * machine that calls any owner dead, or alive, as it likes: as if each had been stopped for longer than its lease.
 */
async function play(seed: number, actors: number): Promise<Tenure[]> {
  const random = randomNumbers(seed);
  const disk = new CrashingDisk({ '/q/queue.json': '' });
  const schedule = turns();
  const journal: string[] = [];
  const tenures: Tenure[] = [];

  async function act(pid: number): Promise<void> {
    const identity = { host: 'etl-1', bootId: 'boot', pidNamespace: 'pid:[1]', pid, startTime: '1' };
    const owner = await takeOwnership(schedule.of(disk.process()), '/q', {
      leaseMs: 30_000,
      sync: random() < 0.3,
      clock: stopped,
      identity,
      standing: () => (random() < 0.7 ? 'dead' : 'alive'),
    });
    await schedule.take();
    const tenure: Tenure = { owner, read: new Set(journal), acknowledged: [] };
    tenures.push(tenure);
    for (let message = 0; message < 3; message += 1) {
      await schedule.take();
      journal.push(`${pid}-${message}`);
      await schedule.take();
      if (!owner.isStillOurs()) break;
      tenure.acknowledged.push(`${pid}-${message}`);
    }
    if (random() < 0.3) await owner.release();
  }

  const acts = Array.from({ length: actors }, (_, pid) => act(pid + 1).catch(refuseAllButLocked));
  // Mostly the one who went last goes on: so the others stand still for long.
  await schedule.run(acts, (n) => (random() < 0.8 ? n - 1 : Math.floor(random() * n)));
  return tenures.sort((a, b) => a.owner.number - b.owner.number);
}

function refuseAllButLocked(error: unknown): void {
  if (!(error instanceof QueueLockedError)) throw error;
}

const ROUNDS = bySize({ quick: 100, slow: 600, deep: 200_000 });

describe('owners of one directory', () => {
  it(`have read whatever an earlier one acknowledged, in whatever order they act (${ROUNDS} orders)`, async () => {
    let successions = 0;
    let refusals = 0;
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const tenures = await play(seed, 2 + (seed % 4));
      for (const [index, { owner, acknowledged }] of tenures.entries()) {
        if (acknowledged.length < 3) refusals += 1;
        for (const later of tenures.slice(index + 1)) {
          successions += 1;
          expect(later.owner.number, `seed ${seed}`).toBeGreaterThan(owner.number);
          expect(later.owner.run, `seed ${seed}`).toBeGreaterThan(owner.run);
          for (const message of acknowledged) expect(later.read.has(message), `seed ${seed}: ${message}`).toBe(true);
        }
      }
    }
    // Proof that the test bites: owners were succeeded, and stopped in the middle.
    expect(successions).toBeGreaterThan(ROUNDS / 10);
    expect(refusals).toBeGreaterThan(ROUNDS / 10);
  });
});
