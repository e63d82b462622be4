import { availableParallelism } from 'node:os';
import PQueue from 'p-queue';
import { afterAll, describe, it } from 'vitest';
import { SEEDED_FAULTS } from './seeded-faults/faults.ts';
import { type Outcome, PackageCopy, type Change } from './seeded-faults/package-copy.ts';
import { SCENARIOS, type ScenarioName } from './seeded-faults/scenarios.ts';

/** Each run is a process that is busy. */
const lanes = new PQueue({ concurrency: availableParallelism() });
const caught: string[] = [];

function judgedBy(names: readonly ScenarioName[], changes: readonly Change[]): Promise<Outcome> {
  const [first] = names;
  if (first === undefined) throw new TypeError('by nobody');
  return lanes.add(async () => {
    const copy = new PackageCopy(changes);
    try {
      const all = new RegExp(names.map((name) => SCENARIOS[name].names.source).join('|'));
      const run = (): Promise<Outcome> => copy.run(SCENARIOS[first].file, all, { bail: changes.length > 0 });
      let outcome = await run();
      // What is sound has to be sound at once; a fault may take more than one round to show.
      for (let round = 1; changes.length > 0 && outcome.failed.length === 0 && round < SCENARIOS[first].rounds; round += 1)
        outcome = await run();
      return outcome;
    } finally {
      copy.remove();
    }
  });
}

const judges = [...new Set(SEEDED_FAULTS.map(({ judge }) => judge))];
const files = new Set(judges.map((judge) => SCENARIOS[judge].file));

describe.concurrent('a fault that is seeded in the built library', { timeout: 900_000 }, () => {
  for (const file of files) {
    const names = judges.filter((judge) => SCENARIOS[judge].file === file);
    it(`is not there from the start, says ${file}`, async ({ expect }) => {
      const { passed, failed } = await judgedBy(names, []);
      expect(failed).toEqual([]);
      for (const name of names) expect(passed.filter((test) => SCENARIOS[name].names.test(test)).length, name).toBeGreaterThan(0);
    });
  }

  for (const { fault, changes, judge, complaint } of SEEDED_FAULTS) {
    it(`is caught: ${fault}`, async ({ expect }) => {
      const { failed } = await judgedBy([judge], changes);
      expect(failed.map((failure) => failure.complaint).join('\n'), `what ${judge} says`).toMatch(complaint);
      caught.push(fault);
    });
  }

  afterAll(() => console.log(`${caught.length} of ${SEEDED_FAULTS.length} caught`));
});
