import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { formatBeatingFile } from '../../src/formats/beating-record.ts';
import { folderContext, UniqueNames } from '../../src/folders/folder-context.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { sweepLifeStages } from '../../src/folders/life-stages.ts';
import { processIdentity } from '../../src/fs/process-identity.ts';
import { showLife } from '../../src/fs/sign-of-life.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';

const STAGES = '/q/.dibs/stages';
const rules = { extension: '.tsv', maxAttempts: 3 };
const common = { clock: systemClock, layout: layoutOf('/q'), rules, durability: 'process', names: new UniqueNames('x') } as const;

const beating = (process: object): string =>
  formatBeatingFile({ ...processIdentity(), since: '2026-11-27T10:00:00.000Z', leaseMs: 1_000, ...process });

it('goes when its process is gone or did not write it to its end, and stays while that lives or lives elsewhere', async () => {
  const fs = memoryDisk({
    [`${STAGES}/stage.etl-1-1-aa`]: beating({ startTime: 'another' }),
    [`${STAGES}/stage.etl-1-1-bb`]: '',
    [`${STAGES}/stage.etl-1-1-cc`]: beating({}).slice(0, 40),
    [`${STAGES}/stage.etl-1-1-dd`]: beating({}),
    [`${STAGES}/stage.etl-2-1-ee`]: beating({ host: 'elsewhere', bootId: 'another' }),
    [`${STAGES}/stage.etl-1-1-bb.1`]: '',
    [`${STAGES}/reason.etl-1-1-bb-1`]: '',
  });
  await sweepLifeStages(await folderContext({ ...common, fs }));
  const left = await fs.readdir(STAGES);
  expect(left.toSorted()).toEqual(['reason.etl-1-1-bb-1', 'stage.etl-1-1-bb.1', 'stage.etl-1-1-dd', 'stage.etl-2-1-ee']);
});

it('is made anew when somebody takes it for what a dead one left', async () => {
  const memory = memoryDisk();
  for (const path of [STAGES, '/q/.dibs/consumers']) await memory.mkdir(path);
  let sweeps = 0;
  const fs = {
    ...memory,
    // Who looks while it is empty sweeps it.
    open: async (...[path, mode]: Parameters<typeof memory.open>) => {
      const file = await memory.open(path, mode);
      if (mode === 'append' && (sweeps += 1) < 4) await sweepLifeStages(await folderContext({ ...common, fs: memory }));
      return file;
    },
  };
  const life = await showLife(fs, { directory: '/q/.dibs/consumers', stages: STAGES, name: 'etl-1-1-aa', leaseMs: 1_000 });
  expect([life.isThere(), sweeps, await memory.readdir(STAGES)]).toEqual([true, 4, []]);
  await life.end();
});
