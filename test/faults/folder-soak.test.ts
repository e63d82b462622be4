import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { soak, type SoakPlan } from '../support/folder-soak.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

type Amounts = Pick<SoakPlan, 'files' | 'kills' | 'stops' | 'reaperKills' | 'holdMs'> & { readonly producersKilled: number };

const AMOUNTS: Amounts = DEEP
  ? { files: 20_000, kills: 500, stops: 50, reaperKills: 20, producersKilled: 10, holdMs: 80 }
  : { files: 1_500, kills: 60, stops: 8, reaperKills: 3, producersKilled: 1, holdMs: 60 };

const PLAN = { ...AMOUNTS, workers: 8, producers: 2, leaseMs: 2_000, paceMs: 100, seed: 1 };

const DISKS: readonly (readonly [disk: string, parent: string])[] = [
  ['the disk', tmpdir()],
  ['the memory', '/dev/shm'],
];
const there = DISKS.filter(([, parent]) => existsSync(parent));
if (there.length < DISKS.length) console.warn('SKIPPED 1 soak: there is no /dev/shm.');

describe('a folder whose readers, producers and reaper are killed and stopped', () => {
  it.each(DEEP ? there : there.slice(0, 1))(
    'F-15 F-16 F-17 loses nothing, repeats nothing without a reason, and lets no late owner commit, on %s',
    async (disk, parent) => {
      const { violations, figures } = await soak({ ...PLAN, folder: tempFolder(parent) });
      const of = (name: string): number => figures[name] ?? 0;
      const share = of('killsOfHolders') / Math.max(1, of('kills'));
      console.log(`on ${disk} ${(100 * share).toFixed(0)} % of the kills hit a holder; ${JSON.stringify(figures)}`);
      expect(violations).toEqual([]);
      expect(of('puts')).toBe(PLAN.files);
      // A soak in which nobody was struck would show nothing.
      expect(of('workersKilled')).toBeGreaterThanOrEqual(PLAN.kills);
      expect(of('reapersKilled')).toBeGreaterThanOrEqual(PLAN.reaperKills);
      expect(of('producersKilled')).toBeGreaterThanOrEqual(PLAN.producersKilled);
      expect(of('stops')).toBeGreaterThanOrEqual(PLAN.stops);
      expect(share).toBeGreaterThanOrEqual(0.6);
      // Some of those who were stopped for longer than a lease: the others had begun to settle, or were killed as soon as they went on.
      expect(of('lost')).toBeGreaterThanOrEqual(PLAN.stops / 4);
    },
    DEEP ? 3_600_000 : 300_000,
  );
});
