import { BaseSequencer } from 'vitest/node';
import type { TestSequencer, TestSpecification, Vitest } from 'vitest/node';

/** Files that take seconds, the longest first: mostly they wait for processes. */
const LONG = [
  'examples.slow.test.ts',
  'cli/tasks/three-shells.slow.test.ts',
  'cli/commands/doctor.slow.test.ts',
  'processes/flights.slow.test.ts',
  'processes/folder-queue-readers.slow.test.ts',
  'batches/batch-crash.test.ts',
  'doctor/seeing-others.slow.test.ts',
  'cli/commands/work-interrupted.slow.test.ts',
  'processes/batch-workers.slow.test.ts',
  'processes/ownership.slow.test.ts',
  'processes/persistent-queue-sharing.slow.test.ts',
  'processes/persistent-queue-owners.slow.test.ts',
  'examples.test.ts',
  'cli/commands/work.test.ts',
  'cli/batches/work.test.ts',
  'public-surface.test.ts',
  'contracts/store.test.ts',
];

/** One that began last would go on alone, on one core, when all others have ended. On a fresh clone nothing else tells which are long. */
export class LongestFirst implements TestSequencer {
  readonly #base: BaseSequencer;

  constructor(vitest: Vitest) {
    this.#base = new BaseSequencer(vitest);
  }

  shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    return this.#base.shard(files);
  }

  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}`));
      return place < 0 ? LONG.length : place;
    };
    return (await this.#base.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
