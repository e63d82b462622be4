import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { liveFolder, type RoundsVerdict } from '../support/folder-rounds.ts';
import { check, momentOf, run } from '../support/kill-chain.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** So many processes are killed at each durability, in so many lives of a queue: two of them go on at once. */
const KILLS = DEEP ? 1_000 : 60;
const LIVES = DEEP ? 20 : 2;
const EACH = KILLS / LIVES;
const LONG = DEEP ? 3_600_000 : 120_000;

/** Kills the one process of a queue, and starts the next one on what it left; then one works off the rest. */
async function liveQueue(durability: 'power' | 'process', seed: number): Promise<RoundsVerdict> {
  const random = randomNumbers(seed);
  const folder = tempFolder();
  const place = {
    directory: join(folder, 'queue'),
    ledger: join(folder, 'ledger'),
    durability,
    maxAttempts: EACH + 10,
    segmentBytes: 8192,
  };
  let kills = 0;
  for (let round = 1; kills < EACH; round += 1) {
    const outcome = await run({ ...place, actor: `run ${round}`, seed: seed * 1_000 + round, puts: 100 }, momentOf(random));
    if (outcome === 'killed') kills += 1;
  }
  await run({ ...place, actor: 'the last run', seed, isLast: true });
  return check(place.ledger);
}

/** All lives, two at a time, and the sum of what happened in them. */
async function liveAll(live: (seed: number) => Promise<RoundsVerdict>): Promise<Readonly<Record<string, number>>> {
  const sum: Record<string, number> = {};
  for (let seed = 1; seed <= LIVES; seed += 2) {
    for (const { violations, figures } of await Promise.all([live(seed), live(seed + 1)])) {
      expect(violations).toEqual([]);
      for (const [name, figure] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + figure;
    }
  }
  return sum;
}

describe.each(['process', 'power'] as const)("killed at any moment, with durability '%s',", (durability) => {
  it(
    'Q-04 round after round, the process of a queue loses nothing that it was promised, and repeats nothing done',
    async () => {
      const sum = await liveAll((seed) => liveQueue(durability, seed));
      console.log(`a queue at '${durability}': ${JSON.stringify(sum)}`);
      expect(sum['kills']).toBeGreaterThanOrEqual(KILLS);
      expect(sum['held']).toBeGreaterThan(KILLS * 0.1);
      expect(sum['dones']).toBeGreaterThan(KILLS * 2);
    },
    LONG,
  );

  it(
    'F-28 round after round, two processes of a folder of groups lose nothing, repeat nothing done, and tear no group',
    async () => {
      const rounds = { durability, kills: EACH, workers: 2, isGrouped: true } as const;
      const sum = await liveAll((seed) => liveFolder({ folder: tempFolder(), seed, ...rounds }));
      console.log(`a folder of groups at '${durability}': ${JSON.stringify(sum)}`);
      expect(sum['kills']).toBeGreaterThanOrEqual(KILLS);
      expect(sum['killsOfHolders']).toBeGreaterThan(KILLS * 0.1);
      expect(sum['dones']).toBeGreaterThan(KILLS * 2);
    },
    LONG,
  );

  it(
    'F-15 round after round, two processes of a folder lose nothing, repeat nothing done, and never have the same file',
    async () => {
      const sum = await liveAll((seed) => liveFolder({ folder: tempFolder(), durability, kills: EACH, workers: 2, seed }));
      console.log(`a folder at '${durability}': ${JSON.stringify(sum)}`);
      expect(sum['kills']).toBeGreaterThanOrEqual(KILLS);
      expect(sum['killsOfHolders']).toBeGreaterThan(KILLS * 0.15);
      expect(sum['dones']).toBeGreaterThan(KILLS * 2);
    },
    LONG,
  );
});
