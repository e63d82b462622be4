import { describe, expect, it } from 'vitest';
import { QueueLockedError, QueueTakenError } from '../../src/fs/ownership-errors.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachTakeover } from '../support/each-takeover.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { unfilled } from '../support/journal-text.ts';
import { doAll, listed, QueueLives, take, valuesOf } from '../support/queue-lives.ts';
import { restOf } from '../support/rest-of.ts';
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

  describe.each(['power', 'process'] as const)(
    'what it still writes counts for nobody, also if its successor only put (%s)',
    (durability) => {
      const key = 'k';
      const all = ['a', 'b', 'c', 'd'];
      const opened = async (options = {}) => {
        const disk = new CrashingDisk({ '/queue/': '' });
        const lives = new QueueLives<string>({ durability, ...options }, disk.process());
        return { disk, lives, late: await lives.open() };
      };
      const isRefused = (...calls: Promise<unknown>[]): Promise<unknown> =>
        Promise.all(calls.map((call) => expect(call).rejects.toBeInstanceOf(QueueTakenError)));

      it('into the journals that were found', async () => {
        const { lives, late } = await opened();
        await late.putMany(['a', 'b', 'c']);
        const a = await take(late);
        const next = await lives.open();
        expect(await next.put('d', { key })).toBe(true);
        await isRefused(late.put('late', { key }), a.done());
        await next.dispose();
        const third = await lives.open();
        expect(await listed(third.outstanding())).toMatchObject(all.map((value) => ({ value })));
        expect(await third.counts()).toMatchObject({ waiting: 4, done: 0, damaged: 0 });
        expect(await doAll(third)).toEqual(all);
      });

      it('into journals that it makes only then: their first, and the next', async () => {
        for (const before of [[], [`a${'.'.repeat(600)}`, `b${'.'.repeat(600)}`]]) {
          const { lives, late } = await opened({ segmentBytes: 1024 });
          await late.putMany(before);
          const next = await lives.open();
          expect(await next.put('d', { key })).toBe(true);
          await isRefused(late.put('late', { key }));
          await late.dispose();
          await next.dispose();
          expect(await valuesOf((await lives.open()).outstanding())).toEqual([...before, 'd']);
        }
      });

      it('wherever that successor is stopped, once it has acknowledged anything', async () => {
        let acknowledged = 0;
        for (let call = 1, stopped = true; stopped; call += 1) {
          const { disk, late, lives } = await opened();
          await late.put('a');
          const process = disk.process({ stop: { call, when: 'before' } });
          let isAcknowledged = false;
          await restOf(async () => {
            const next = await new QueueLives<string>({ durability }, process).open();
            isAcknowledged = (await next.put('d', { key })) && !process.stopped;
            await next.dispose();
          }, process);
          stopped = process.stopped;
          process.kill();
          const put = await late.put('late', { key }).catch((error: unknown) => error);
          const third = await lives.open();
          const left = await valuesOf(third.outstanding());
          if (isAcknowledged) expect(left, `before call ${call}`).toEqual(['a', 'd']);
          // That it was told of may be there, what it was not told of may be too: each once.
          else expect([['a'], ['a', 'd'], ['a', 'late']], `before call ${call}`).toContainEqual(left);
          if (put === true) expect(left).toEqual(['a', 'late']);
          acknowledged += isAcknowledged ? 1 : 0;
        }
        expect(acknowledged).toBeGreaterThan(3);
      });
    },
  );
});
