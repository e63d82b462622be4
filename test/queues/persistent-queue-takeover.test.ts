import { describe, expect, it } from 'vitest';
import { QueueLockedError, QueueTakenError } from '../../src/fs/ownership-errors.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachTakeover } from '../support/each-takeover.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { unfilled } from '../support/journal-text.ts';
import { QueueLives, take, valuesOf } from '../support/queue-lives.ts';
import { bySize, DEEP, oneIn } from '../support/sample.ts';
import { FINISHED, FIRST_TO_LAST, REMOVAL, SCRIPTS, TAKEN_UP } from '../support/queue-scripts.ts';

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
        const { takeovers, errors } = await eachTakeover({ ...script, options }, oneIn(8));
        expect(takeovers).toBeGreaterThan(bySize({ quick: 2, slow: 5, deep: 20 }));
        for (const error of errors) expect(error instanceof QueueTakenError || error instanceof QueueLockedError, String(error)).toBe(true);
      });
    }
  }

  it.each(['put', 'done'] as const)('what it still writes over the blank lines of its %s journal does not count', async (which) => {
    const disk = new CrashingDisk({ '/queue/': '' });
    const lives = new QueueLives<string>({}, disk.process());
    const late = await lives.open();
    for (const value of ['a', 'b', 'c']) await late.put(value);
    const [, b] = [await take(late), await take(late)];
    const sizes = (): number[] => [...disk.walk()].filter(([path]) => path.includes('.00000001.')).map(([, file]) => file.size);
    const before = sizes();
    const next = await lives.open();
    await next.put('d');
    await (await take(next)).done();
    await expect(which === 'put' ? late.put('late') : b.done()).rejects.toBeInstanceOf(QueueTakenError);
    const written = Object.values(unfilled(disk.files())).join('');
    expect(written).toContain(which === 'put' ? '"late"' : 'done\t00000001-0000000002');
    expect(sizes()).toEqual(before);
    await late.dispose();
    const third = await lives.open();
    expect(await valuesOf(third.outstanding())).toEqual(['b', 'c', 'd']);
    expect(await third.counts()).toMatchObject({ waiting: 3, done: 1, damaged: 0 });
  });
});
