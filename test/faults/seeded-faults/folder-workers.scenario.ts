import { expect, it } from 'vitest';
import { soak } from '../../support/folder-soak.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('real workers and producers of a folder, killed and stopped, judged by the checker', async () => {
  const folder = tempFolder();
  const { violations } = await soak({
    folder,
    files: 160,
    workers: 4,
    producers: 2,
    kills: 10,
    reaperKills: 1,
    stops: 2,
    leaseMs: 1_000,
    holdMs: 30,
    paceMs: 0,
    seed: 3,
  });
  expect(violations).toEqual([]);
});
