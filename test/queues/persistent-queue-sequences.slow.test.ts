import { describe, expect, it } from 'vitest';
import { eachScriptCrash } from '../support/crash-script.ts';
import { everySequence, scriptOf } from '../support/generated-scripts.ts';
import { half } from '../support/queue-scripts.ts';
import { randomNumbers, shuffled } from '../support/random.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';

const options = { maxAttempts: 2 };

describe('whatever a program does with a queue, and wherever it is stopped,', () => {
  it(`nothing acknowledged is lost: ${DEEP ? 'every three deeds' : 'three deeds, some of all there are'}`, async () => {
    const sequences = [...everySequence(3)];
    const tried = DEEP ? sequences : shuffled(sequences, randomNumbers(3)).slice(0, 2);
    let states = 0;
    for (const deeds of tried) {
      const script = scriptOf(deeds, options.maxAttempts);
      const counts = await eachScriptCrash({ before: [half], script, options }, { limit: DEEP ? 8 : 3 }).catch((cause: unknown) => {
        throw new Error(`${deeds.join(', ')}: ${String(cause)}`, { cause });
      });
      states += counts.states;
    }
    expect(states).toBeGreaterThan(100);
  });
});
