import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Container, whyNoContainers } from '../support/container.ts';
import { IDENTITY_CASES } from '../support/identity-cases.ts';
import { sayIfSkipped } from '../support/missing-tools.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ROUNDS = DEEP ? 20 : 2;
/** They wait most of the time. */
const LANES = 3;

const isTried = sayIfSkipped('processes that could be taken for each other', 1, whyNoContainers());

describe.runIf(isTried)('a process is told from all others', () => {
  it(
    'T12 under one host name and one number, in other containers, after it and after a reboot',
    async () => {
      const folder = tempFolder();
      const random = randomNumbers(12);
      const jobs = Array.from({ length: ROUNDS }, (_, round) =>
        Object.entries(IDENTITY_CASES).map(([name, play]) => ({ name, play, round })),
      ).flat();
      const count = jobs.length;
      const wrong: string[] = [];
      const lane = async (): Promise<void> => {
        const [here, there] = [new Container(), new Container()];
        for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
          const place = join(folder, `${jobs.length}`);
          const pid = 1_000 + Math.floor(random() * 20_000);
          const violations = await job.play({ place, here, there, pid });
          wrong.push(...violations.map((violation) => `${job.name}, round ${job.round}: ${violation}`));
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      console.log(`T12: ${count} cases`);
      expect(wrong).toEqual([]);
    },
    DEEP ? 3_600_000 : 180_000,
  );
});
