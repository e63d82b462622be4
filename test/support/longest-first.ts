import { BaseSequencer } from 'vitest/node';
import type { TestSequencer, TestSpecification, Vitest } from 'vitest/node';

/** Files that take seconds, the longest first: mostly they wait for processes. */
const LONG = [
  'examples.test.ts',
  'cli/commands/doctor.test.ts',
  'processes/folder-queue-readers.test.ts',
  'doctor/seeing-others.test.ts',
  'doctor/examine.test.ts',
  'cli/commands/work-interrupted.test.ts',
  'processes/persistent-queue-sharing.test.ts',
  'processes/persistent-queue-owners.test.ts',
  'processes/ownership.test.ts',
  'cli/commands/work.test.ts',
  'cli/folders/work.test.ts',
  'processes/persistent-queue-kills.test.ts',
  'cli/program.test.ts',
  'cli/child/run-program.test.ts',
  'public-surface.test.ts',
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
