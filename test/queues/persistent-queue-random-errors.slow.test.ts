import { expect, it } from 'vitest';
import { WorkQueueError } from '../../src/errors.ts';
import { Program, promised } from '../support/crash-script.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { judgeQueue } from '../support/judge-queue.ts';
import { noteErrors } from '../support/made-errors.ts';
import { QueueLedger } from '../support/queue-ledger.ts';
import { randomNumbers } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import { RandomQueueUser } from '../support/random-queue-user.ts';
import { restOf } from '../support/rest-of.ts';
import { DEEP } from '../support/sample.ts';

const ERRORS = DEEP ? 100_000 : 12_000;
const STEPS = 25;

/** One life of a queue on a disk of which every twentieth call fails: how many did, and what was wrong. */
async function live(seed: number): Promise<{ errors: number; wrong: string[] }> {
  const random = randomNumbers(seed);
  const durability = random() < 0.5 ? 'power' : 'process';
  const [segmentBytes, ticksMs] = [random() < 0.5 ? 1024 : 8 << 20, random() < 0.5 ? 0 : 3];
  const options = { durability, segmentBytes, maxAttempts: 3, clock: hastyClock({ ticksMs }) } as const;
  const disk = new CrashingDisk({ '/q/': '' });
  const process = disk.process({ faults: randomFaults({ seed }) });
  const ledger = new QueueLedger();
  ledger.hear(() => !process.stopped);
  const user = new RandomQueueUser(new Program(process, ledger, options), random);
  await restOf(() => user.run(STEPS), process);
  process.kill();
  const wrong = user.errors.filter((error) => !(error instanceof WorkQueueError)).map((error) => `it is none of ours: ${String(error)}`);
  const place = { directory: '/q', options };
  const judgement = { ...promised({ kind: 'kill' }, options), endings: STEPS, next: place, afterNext: place };
  await judgeQueue(disk.process(), ledger, judgement).catch((error: unknown) => wrong.push(String(error)));
  return { errors: process.errors, wrong: wrong.map((what) => `seed ${seed}: ${what}`) };
}

it('T3 on a disk of which every twentieth call fails a queue loses nothing, doubles nothing, and says so in typed errors', async () => {
  let [errors, seed] = [0, 0];
  const wrong: string[] = [];
  while (errors < ERRORS) {
    seed += 1;
    const life = await live(seed);
    errors += life.errors;
    wrong.push(...life.wrong);
  }
  noteErrors({ runs: seed, errors });
  expect(wrong).toEqual([]);
});
