import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, run, type RunOptions } from '../support/kill-chain.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** So many runs of a queue are killed, one after the other, before one works off what is left. */
const KILLS = DEEP ? 10 : 6;
const CHAINS = DEEP ? 60 : 1;
/** A kill comes after at most so many lines: where chains are few, none is to be lost by a run that ends before. */
const REACH = DEEP ? 400 : 100;

interface Chain extends Pick<RunOptions, 'durability' | 'keys' | 'maxAttempts'> {
  readonly seed: number;
}

/**
 * Kills run after run of one queue: by turns after a line of its ledger, when it has just got something, and at a time. Then
 * one works off what is left.
 */
async function chain({ seed, ...options }: Chain): Promise<ReturnType<typeof check> & { readonly killed: number }> {
  const random = randomNumbers(seed);
  const folder = tempFolder();
  const place = {
    directory: join(folder, 'queue'),
    ledger: join(folder, 'ledger'),
    segmentBytes: 1024 + Math.floor(random() * 3072),
    ...options,
  };
  let killed = 0;
  for (let number = 1; number <= KILLS; number += 1) {
    const byTime = number % 3 === 0;
    const killAt = byTime ? {} : { killAt: 1 + Math.floor(random() * random() * REACH) };
    const killOn = number % 3 === 2 ? { killOn: 'got' } : {};
    const outcome = await run(
      { ...place, ...killAt, ...killOn, actor: `run ${number}`, seed: seed + number },
      byTime ? random() * 60 : undefined,
    );
    if (outcome === 'killed') killed += 1;
  }
  await run({ ...place, actor: 'the last run', seed, isLast: true });
  return { ...check(place.ledger), killed };
}

describe('a process that is killed again and again', () => {
  const kinds: readonly Omit<Chain, 'seed'>[] = [
    { durability: 'power' },
    { durability: 'process' },
    { durability: 'power', keys: true, maxAttempts: 20 },
  ];
  it.each(kinds)(
    'Q-04 Q-29 Q-37 keeps every promise, while journals roll and vanish (%o)',
    async (kind) => {
      const sum: Record<string, number> = {};
      for (let left = CHAINS; left > 0; left -= 2) {
        const chains = [1, 2].slice(0, left).map((lane) => chain({ maxAttempts: 6, ...kind, seed: 1000 * left + lane }));
        for (const { violations, figures, killed } of await Promise.all(chains)) {
          expect(violations).toEqual([]);
          expect(figures['kills']).toBeGreaterThanOrEqual(killed);
          for (const [name, figure] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + figure;
        }
      }
      // Proof that the kills hit: many while something was in hands, and enough of everything happened.
      expect(sum['kills']).toBeGreaterThan(CHAINS * KILLS * 0.6);
      expect(sum['held']).toBeGreaterThan(CHAINS * KILLS * 0.15);
      // Those that are killed at a time, not after a line, put more or less with the speed of the machine.
      expect(sum['puts']).toBeGreaterThan(CHAINS * (DEEP ? 20 : 10));
      if (DEEP) console.log(`${JSON.stringify(kind)}: ${JSON.stringify(sum)}`);
    },
    DEEP ? 3_600_000 : 120_000,
  );
});
