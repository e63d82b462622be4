import { describe, expect, it } from 'vitest';
import { soak, type SoakPlan } from '../support/folder-soak.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';

const PLAN: Omit<SoakPlan, 'folder'> = DEEP
  ? { files: 20_000, workers: 8, producers: 2, kills: 500, stops: 50, leaseMs: 1_000, holdMs: 80, seed: 1 }
  : { files: 1_500, workers: 8, producers: 2, kills: 60, stops: 8, leaseMs: 1_000, holdMs: 60, seed: 1 };

describe('a folder whose readers and producers are killed and stopped', () => {
  it('F-15 F-16 F-17 loses nothing, repeats nothing without a reason, and lets no late owner commit', async () => {
    const { violations, figures } = await soak({ ...PLAN, folder: tempFolder() });
    const share = (figures['killsOfHolders'] ?? 0) / Math.max(1, figures['kills'] ?? 0);
    console.log(`${(100 * share).toFixed(0)} % of the kills hit a holder; ${JSON.stringify(figures)}`);
    expect(violations).toEqual([]);
    expect(figures['puts']).toBe(PLAN.files);
    expect(share).toBeGreaterThanOrEqual(0.6);
    expect(figures['stops']).toBeGreaterThan(PLAN.stops / 2);
  }, 1_200_000);
});
