import { describe, expect, it } from 'vitest';
import { QueueLockedError, QueueTakenError } from '../../src/errors.ts';
import { eachTakeover } from '../support/each-takeover.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { FINISHED, FIRST_TO_LAST, REMOVAL, SCRIPTS, TAKEN_UP } from '../support/queue-scripts.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';

describe('Q-35 a_succeeded_owner_that_wakes_gets_QueueTakenError_and_loses_nothing_of_the_new_one', () => {
  for (const what of DEEP ? [FIRST_TO_LAST, TAKEN_UP, REMOVAL, FINISHED] : [TAKEN_UP, FINISHED]) {
    for (const [how, ticksMs] of [
      ['', 0],
      [', where syncing is slow', 3],
    ] as const) {
      it(`taken over before any of its calls: ${what}${how}`, async () => {
        const script = SCRIPTS[what];
        if (!script) throw new TypeError(what);
        const options = { ...script.options, clock: hastyClock({ ticksMs }) };
        const { takeovers, errors } = await eachTakeover({ ...script, options });
        expect(takeovers).toBeGreaterThan(20);
        for (const error of errors) expect(error instanceof QueueTakenError || error instanceof QueueLockedError, String(error)).toBe(true);
      });
    }
  }
});
