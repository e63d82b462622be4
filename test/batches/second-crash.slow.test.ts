import { expect, it } from 'vitest';
import { type Batch } from '../../src/batches/batch.ts';
import { createBatch, openBatch } from '../../src/batches/open-batch.ts';
import { WorkQueueError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachSecondCrash, type Promises } from '../support/each-second-crash.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, type Share } from '../support/sample.ts';
import { expectAllowedStatesOn } from '../support/store-states.ts';

const PLACE = { store: 'file:/state', clock: hastyClock() };
const SHARE = bySize<{ readonly first: Share; readonly second: Share }>({
  quick: { first: 4, second: 8 },
  slow: { first: 2, second: 4 },
  deep: { first: 1, second: 1 },
});

/** What the last one finds is judged by itself. */
class NoPromises implements Promises<NoPromises> {
  copy(): this {
    return this;
  }

  text(): string {
    return '';
  }
}

const addOne = (part: number): number => part + 1;
const open = (fs: FileSystem): Promise<Batch<number, number>> => openBatch<number, number>('load', { ...PLACE, fileSystem: fs });

/** Who is brought the parts by a queue: they are all that it ever asks for. */
async function workOffByNumber(batch: Batch<number, number>): Promise<void> {
  for (let number = batch.total - 1; number >= 0; number -= 1)
    await batch.part(number, addOne).catch((error: unknown) => expect(error).toBeInstanceOf(WorkQueueError));
}

/** Of two parts the first was given up. */
async function givenUp(): Promise<CrashingDisk> {
  const disk = new CrashingDisk({ '/state/': '' });
  const batch = await createBatch<number, number>([10, 20], { ...PLACE, id: 'load', fileSystem: disk.process(), maxAttempts: 1 });
  await expect(batch.part(0, () => Promise.reject(new Error('not yet')))).rejects.toThrow('not yet');
  await batch.dispose();
  return disk;
}

it('T2 is decided by who works on its last part, wherever a retry of what was given up is stopped, and whoever comes after it', async () => {
  const { firsts, pairs } = await eachSecondCrash(
    {
      disk: await givenUp(),
      promises: new NoPromises(),
      first: async (fs) => {
        const batch = await open(mortal(fs));
        await batch.retry();
        await batch.dispose();
      },
      second: async (fs) => {
        const batch = await open(mortal(fs));
        await workOffByNumber(batch);
        await batch.dispose();
      },
      judge: async (fs) => {
        await expectAllowedStatesOn(fs, '/state');
        const batch = await open(fs);
        await workOffByNumber(batch);
        const { state, remaining } = await batch.status();
        // A kill is an attempt, and there is but one.
        expect(state).toBe(remaining === 0 ? 'reducing' : 'failed');
        await batch.dispose();
      },
      likeness: String,
    },
    SHARE,
  );
  console.log(`T2: ${pairs} pairs of kills at a retry and at what comes after it`);
  expect(pairs).toBeGreaterThan(firsts);
});
