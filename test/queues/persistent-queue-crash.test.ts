import { describe, expect, it } from 'vitest';
import { eachScriptCrash } from '../support/crash-script.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { FINISHED, FIRST_TO_LAST, REMOVAL, SCRIPTS, TAKEN_UP } from '../support/queue-scripts.ts';
import { DEEP, oneIn } from '../support/sample.ts';

/** Where the two durabilities go different ways; the others are tried at both in the deep run. */
const AT_PROCESS_TOO = new Set([FIRST_TO_LAST, TAKEN_UP, REMOVAL, FINISHED]);

describe('a program that ends at any call loses nothing that it was promised', () => {
  for (const [what, script] of Object.entries(SCRIPTS)) {
    it(`${what}: with durability 'power', by a kill or a power cut`, async () => {
      const { points } = await eachScriptCrash(script, { limit: DEEP ? 64 : 3, share: oneIn(48) });
      expect(points).toBeGreaterThan(50);
    });

    it.skipIf(!DEEP && !AT_PROCESS_TOO.has(what))(`${what}: with durability 'process', by a kill`, async () => {
      const options = { ...script.options, durability: 'process' } as const;
      await eachScriptCrash({ ...script, options }, DEEP ? { limit: 16 } : { kinds: ['kill'], share: oneIn(48) });
    });

    it.skipIf(!DEEP)(`${what}: where syncing is slow`, async () => {
      const options = { ...script.options, clock: hastyClock({ ticksMs: 3 }) };
      await eachScriptCrash({ ...script, options }, { limit: 64 });
    });
  }
});

describe('a program that asks for more than the ones before it did', () => {
  const directory = '/data/deep/q';

  it("keeps what it is promised at 'power' in a directory that was made at 'process'", async () => {
    const { points } = await eachScriptCrash(
      {
        directories: ['/data/'],
        before: [async (program) => (await program.open({ directory, durability: 'process' })).dispose()],
        script: async (program) => {
          const queue = await program.open({ directory });
          await queue.putAll('a', 'b');
          await queue.done(await queue.take());
        },
        next: () => [{ directory }, { directory }],
      },
      { limit: 16, share: oneIn(4) },
    );
    expect(points).toBeGreaterThan(50);
  });
});
