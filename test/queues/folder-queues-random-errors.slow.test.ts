import { describe, expect, it } from 'vitest';
import { WorkQueueError } from '../../src/errors.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { judgeFolder } from '../support/folder-deeds.ts';
import { inFolder, said } from '../support/folder-ground.ts';
import { noteErrors } from '../support/made-errors.ts';
import { randomNumbers } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import { RandomFolderUser } from '../support/random-folder-user.ts';
import { restOf } from '../support/rest-of.ts';
import { DEEP } from '../support/sample.ts';

const ERRORS = DEEP ? 100_000 : 6_000;
const STEPS = 30;

interface Use {
  readonly puts: number;
  readonly isGrouped: boolean;
}

/** One life of a folder on a disk of which every twentieth call fails: how many did, and what was wrong. */
async function live(seed: number, use: Use): Promise<{ errors: number; wrong: string[] }> {
  const random = randomNumbers(seed);
  const durability = random() < 0.5 ? 'power' : 'process';
  const disk = new CrashingDisk({ '/q/': '', '/in/': '', ...inFolder(said(1, 'helo', 'done')) });
  const process = disk.process({ faults: randomFaults({ seed }) });
  const user = new RandomFolderUser(disk, process, { ...use, durability }, random);
  await restOf(() => user.run(STEPS), process);
  process.kill();
  const untyped = user.errors.filter((error) => !(error instanceof WorkQueueError)).map((error) => `it is none of ours: ${String(error)}`);
  const found = await judgeFolder(disk.process(), user.ledger).catch((error: unknown) => [String(error)]);
  return { errors: process.errors, wrong: [...untyped, ...user.wrong, ...found].map((what) => `seed ${seed}, ${durability}: ${what}`) };
}

describe('on a disk of which every twentieth call fails', () => {
  it.each<[string, Use]>([
    ['who fills a folder', { puts: 0.75, isGrouped: false }],
    ['who works off a folder', { puts: 0.3, isGrouped: false }],
    ['who works off groups', { puts: 0.45, isGrouped: true }],
  ])('T3 %s loses nothing, doubles nothing, and is told so in typed errors', async (_, use) => {
    let [errors, seed] = [0, 0];
    const wrong: string[] = [];
    while (errors < ERRORS) {
      seed += 1;
      const life = await live(seed, use);
      errors += life.errors;
      wrong.push(...life.wrong);
    }
    noteErrors({ runs: seed, errors });
    expect(wrong).toEqual([]);
  });
});
