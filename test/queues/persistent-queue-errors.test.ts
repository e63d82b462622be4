import { describe, expect, it } from 'vitest';
import { ALL_ERRNOS } from '../support/each-error.ts';
import type { ErrorOptions } from '../support/each-error.ts';
import { eachScriptError } from '../support/error-script.ts';
import type { Survivor } from '../support/error-script.ts';
import type { Script } from '../support/crash-script.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { bySize, DEEP, oneIn } from '../support/sample.ts';

/**
 * Of the scenarios that differ little fewer. The first power cut takes nothing, the second all that was not synced: what a
 * failed sync lost shows there alone.
 */
const MANY: ErrorOptions = DEEP ? { errnos: ALL_ERRNOS } : { powerCuts: 2, share: oneIn(2, 100) };
const SOME: ErrorOptions = DEEP ? MANY : { powerCuts: 2, share: oneIn(4, 200) };

const half: Script = async (program) => {
  const queue = await program.open();
  await queue.putAll('a', 'b', 'c');
  await queue.done(await queue.take());
  await queue.take();
};

const work = async (survivor: Survivor): Promise<void> => {
  await survivor.open();
  await survivor.attempt((queue) => queue.put('e'));
  await survivor.attempt((queue) => queue.putAll('f', 'g'));
  await survivor.attempt(async (queue) => queue.done(await queue.take()));
  await survivor.attempt(async (queue) => queue.release(await queue.take()));
  await survivor.attempt(async (queue) => queue.fail(await queue.take(), false));
  await survivor.attempt((queue) => queue.queue.flush());
};

/** Lets a share of all calls fail, and proves that it was no smaller than it is said to be. */
async function eachRefusal(of: Parameters<typeof eachScriptError>[0], errors: ErrorOptions): Promise<void> {
  const { cases, runs } = await eachScriptError(of, errors);
  expect(cases).toBeGreaterThan(50);
  expect(runs).toBeGreaterThan(bySize({ quick: 2, slow: cases / 5, deep: cases - 1 }));
}

describe('whatever the disk refuses, the error says so, nothing acknowledged is lost, and the queue works on', () => {
  it('in a new queue', async () => {
    await eachRefusal({ script: work }, SOME);
  });

  it('in a queue that was left half done', async () => {
    await eachRefusal({ before: [half], script: work }, MANY);
  });

  it("with durability 'process'", async () => {
    await eachRefusal({ before: [half], script: work, options: { durability: 'process' } }, SOME);
  });

  it('where syncing is slow', async () => {
    await eachRefusal({ before: [half], script: work, options: { clock: hastyClock({ ticksMs: 3 }) } }, SOME);
  });

  it('while journals roll and go', async () => {
    const script = async (survivor: Survivor): Promise<void> => {
      await survivor.open();
      for (let index = 0; index < 6; index += 1) await survivor.attempt((queue) => queue.put(`${index}${'.'.repeat(500)}`, `key ${index}`));
      for (let index = 0; index < 4; index += 1) await survivor.attempt(async (queue) => queue.done(await queue.take()));
    };
    await eachRefusal({ script, options: { segmentBytes: 1024 } }, SOME);
  });
});
