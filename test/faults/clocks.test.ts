import { join } from 'node:path';
import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { clockLife } from '../support/clock-lives.ts';
import { type ClockVerdict, folderWithClocks, ownersWithClocks } from '../support/clock-runs.ts';
import { whyNoContainers } from '../support/container.ts';
import { sayIfSkipped } from '../support/missing-tools.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { whyNoShiftedClocks } from '../support/wall-clock.ts';

const RUNS = DEEP ? 60 : 6;
const LIVES = 10_000;
const LEASE_MS = 3_000;
/** They wait most of the time; but whoever is not let run for a whole lease rightly loses what it holds. */
const LANES = 3;
/** A reader finds what a dead one had once it looks for more: before that it holds a file of its own, for so many leases. */
const HELD = 2.4;

const isTried = sayIfSkipped('processes whose clocks are apart', 2, whyNoContainers() ?? whyNoShiftedClocks());

describe.runIf(isTried)('processes whose clocks are apart by hours, days and years, and are set while they run,', () => {
  const play = (act: (run: { place: string; seed: number; leaseMs: number }) => Promise<ClockVerdict>): Promise<ClockVerdict[]> => {
    const folder = tempFolder();
    const seeds = Array.from({ length: RUNS }, (_, index) => index + 1);
    const lanes = new PQueue({ concurrency: LANES });
    return lanes.addAll(seeds.map((seed) => () => act({ place: join(folder, String(seed)), seed, leaseMs: LEASE_MS })));
  };

  it.each<[string, typeof folderWithClocks, number]>([
    ['read a folder: nobody loses what it holds for longer than a lease, and what one died with is found', folderWithClocks, 2 + HELD],
    ['want one queue: its owner keeps it, and is succeeded when it is dead', ownersWithClocks, 2],
  ])(
    'T10 %s',
    async (_, act, most) => {
      const verdicts = await play(act);
      const found = verdicts.map(({ foundAfter }) => foundAfter);
      console.log(`T10: ${RUNS} runs, the dead were found after ${found.map((leases) => leases.toFixed(2)).join(', ')} leases`);
      expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
      expect(verdicts.length).toBeGreaterThanOrEqual(RUNS);
      expect(Math.max(...found)).toBeLessThan(most);
    },
    DEEP ? 3_600_000 : 180_000,
  );
});

it(`T10 whatever clocks on walls show, the living are not taken for dead, and the dead are found within two leases: ${LIVES} lives`, async () => {
  const sum = { lives: 0, steals: 0, foundAfter: 0 };
  for (let seed = 1; seed <= LIVES; seed += 1) {
    const { steals, foundAfter } = await clockLife(seed);
    sum.lives += 1;
    sum.steals += steals;
    sum.foundAfter = Math.max(sum.foundAfter, foundAfter);
  }
  console.log(`T10: ${sum.lives} lives in one process, the dead were found after ${sum.foundAfter.toFixed(2)} leases at most`);
  expect(sum.steals).toBe(0);
  expect(sum.foundAfter).toBeLessThanOrEqual(2);
});
