import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { checkConsumeOptions } from '../../src/queues/consume-options.ts';
import { consume } from '../../src/queues/consume.ts';
import { FakeQueue } from '../support/fake-queue.ts';

describe('the options of consume', () => {
  it('have defaults, also where undefined is given', () => {
    const defaults = {
      concurrency: 1,
      backoff: { firstMs: 1_000, factor: 2, maxMs: 60_000, chance: Math.random },
      onError: 'stop',
      handleSignals: false,
      progressIntervalMs: 250,
      clock: systemClock,
    };
    expect(checkConsumeOptions({})).toMatchObject(defaults);
    expect(checkConsumeOptions(Object.fromEntries(Object.keys(defaults).map((name) => [name, undefined])))).toMatchObject(defaults);
  });

  it('take false for no backoff', () => {
    expect(checkConsumeOptions({ backoff: false }).backoff).toMatchObject({ firstMs: 0 });
  });

  it.each<[object, RegExp]>([
    [{ concurency: 2 }, /there is no option concurency\. There are concurrency, backoff/],
    [{ toString: 2 }, /there is no option toString/],
    [{ concurrency: 0 }, /concurrency is 0 \(number\), expected is a whole number from 1 up/],
    [{ concurrency: '4' }, /concurrency is "4", expected/],
    [{ concurrency: Infinity }, /concurrency is Infinity/],
    [{ backoff: true }, /backoff is true \(boolean\), expected is false, or an object/],
    [{ backoff: { firstMs: -1 } }, /backoff: firstMs is -1/],
    [{ backoff: { factor: 0.5 } }, /backoff: factor is 0.5 \(number\), expected is a number from 1 up/],
    [{ backoff: { maxMs: 1e12 } }, /backoff: maxMs is 1000000000000 \(number\), expected is milliseconds from 0 to 2147483647/],
    [{ backoff: { chance: 0.5 } }, /backoff: chance is 0.5/],
    [{ backoff: { first: 1 } }, /backoff: there is no option first/],
    [{ onError: 'ignore' }, /onError is "ignore", expected is 'stop' or 'continue'/],
    [{ timeoutMs: 0 }, /timeoutMs is 0/],
    [{ timeoutMs: Number.NaN }, /timeoutMs is NaN/],
    [{ signal: new AbortController() }, /signal is .*, expected is an AbortSignal/],
    [{ forceSignal: null }, /forceSignal is null/],
    [{ handleSignals: 'yes' }, /handleSignals is "yes", expected is true or false/],
    [{ progress: [] }, /progress is .*, expected is a function/],
    [{ clock: 5 }, /clock is 5/],
  ])('are refused when they are wrong: %o', async (options, complaint) => {
    const queue = new FakeQueue('a');
    const refused = await consume(queue, () => {}, options).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toMatch(complaint);
    expect(queue.waiting).toEqual(['a']);
  });
});
