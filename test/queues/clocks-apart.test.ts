import { describe, expect, it } from 'vitest';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { type Ownership, takeOwnership } from '../../src/fs/ownership.ts';
import type { ProcessStanding } from '../../src/fs/process-identity.ts';
import { type ManualClock, manualClock, memoryDisk } from '../../src/testing/index.ts';
import { ELSEWHERE, inFolder, openReader, said } from '../support/folder-ground.ts';
import { randomNumbers } from '../support/random.ts';
import { bySize } from '../support/sample.ts';

const RUNS = bySize({ quick: 8, slow: 40, deep: 5_000 });
const LONG = 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHIFTS_MS = [0, HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS, 3_653 * DAY_MS, -3_653 * DAY_MS];

/** Two machines: their clocks go equally fast, and agree in nothing else. Now and then somebody sets one of them. */
class Machines {
  readonly one = manualClock();
  readonly other = manualClock();
  readonly random: () => number;
  readonly #truth = Date.UTC(2026, 10, 21);

  constructor(seed: number) {
    this.random = randomNumbers(seed);
  }

  /** Both began to count at some time of their own. */
  async start(): Promise<void> {
    await this.one.advance(Math.floor(this.random() * DAY_MS));
    await this.other.advance(Math.floor(this.random() * DAY_MS));
    this.#set(this.one);
    this.#set(this.other);
  }

  /** So much time passes for these, both at once. */
  async pass(ms: number, clocks: readonly ManualClock[] = [this.one, this.other]): Promise<void> {
    for (const clock of clocks) if (this.random() < 0.3) this.#set(clock);
    for (const clock of clocks) await clock.advance(ms);
  }

  #set(clock: ManualClock): void {
    const shift = SHIFTS_MS[Math.floor(this.random() * SHIFTS_MS.length)] ?? 0;
    clock.setWall(new Date(this.#truth + shift));
  }
}

describe('with clocks that are apart by hours, days and years, and are set meanwhile', () => {
  it(
    `T10 a reader that lives keeps its file, and one that is gone is found within two leases, in ${RUNS} runs`,
    { timeout: LONG },
    async () => {
      for (let seed = 1; seed <= RUNS; seed += 1) {
        const machines = new Machines(seed);
        await machines.start();
        const leaseMs = 500 + Math.floor(machines.random() * 1_500);
        const fs = memoryDisk(inFolder({ 'a.tsv': '', ...said(1, 'helo', 'done') }));
        const pollIntervalMs = Math.floor(leaseMs / 5);
        const holder = await openReader(fs, { clock: machines.one, leaseMs, pollIntervalMs });
        const other = await openReader(fs, { clock: machines.other, leaseMs, pollIntervalMs });
        const file = await holder.get();
        let found: { readonly attempt: number; readonly at: number } | undefined;
        const getting = other.get().then((next) => (found = next && { attempt: next.attempt, at: machines.other.monotonic() }));
        const step = Math.floor(leaseMs / 10);
        for (let held = machines.random() * 3 * leaseMs; held > 0; held -= step) await machines.pass(step);
        expect(found, `seed ${seed}: it was stolen`).toBeUndefined();
        expect(file?.signal.aborted).toBe(false);
        if (machines.random() < 0.3) {
          await file?.done();
          await machines.pass(3 * leaseMs);
          expect(await getting, `seed ${seed}: it came again`).toBeUndefined();
        } else {
          const diedAt = machines.other.monotonic();
          await machines.pass(2 * leaseMs, [machines.other]);
          expect(found, `seed ${seed}: it was not found`).toMatchObject({ attempt: 2 });
          expect((found?.at ?? 0) - diedAt, `seed ${seed}: it was not even waited for`).toBeGreaterThanOrEqual(leaseMs - pollIntervalMs);
        }
        await other.dispose();
      }
    },
  );

  it(
    `T10 an owner that lives keeps its directory, and one that is gone is succeeded within two leases, in ${RUNS} runs`,
    { timeout: LONG },
    async () => {
      for (let seed = 1; seed <= RUNS; seed += 1) {
        const machines = new Machines(seed);
        await machines.start();
        const leaseMs = 500 + Math.floor(machines.random() * 1_500);
        const fs = memoryDisk();
        await fs.mkdir('/q');
        const options = { leaseMs, sync: false, standing: (): ProcessStanding => 'unknown' };
        const owner = await takeOwnership(fs, '/q', { ...options, clock: machines.one, identity: ELSEWHERE });
        const tryIt = (): Promise<Ownership | Error> =>
          takeOwnership(fs, '/q', { ...options, clock: machines.other }).catch((error: unknown) =>
            error instanceof Error ? error : new Error(String(error)),
          );
        const step = Math.floor(leaseMs / 10);
        for (let looks = 0; looks < 3; looks += 1) {
          let outcome: Ownership | Error | undefined;
          void tryIt().then((end) => (outcome = end));
          for (let left = 10; outcome === undefined && left > 0; left -= 1) await machines.pass(step);
          expect(outcome, `seed ${seed}: it was taken`).toBeInstanceOf(QueueLockedError);
        }
        expect(owner.isStillOurs()).toBe(true);
        let heir: Ownership | Error | undefined;
        void tryIt().then((end) => (heir = end));
        await machines.pass(leaseMs - step, [machines.other]);
        expect(heir, `seed ${seed}: it was not waited for`).toBeUndefined();
        await machines.pass(leaseMs + step, [machines.other]);
        expect(heir, `seed ${seed}: it was not succeeded`).toMatchObject({ number: 2 });
        expect(owner.isStillOurs()).toBe(false);
      }
    },
  );
});
