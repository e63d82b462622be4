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

  it.each<[object, string]>([
    [{ concurency: 2 }, 'consume has no option concurency (got 2). It has: concurrency, backoff, onError'],
    [{ toString: 2 }, 'consume has no option toString'],
    [{ concurrency: 0 }, 'consume: concurrency must be a whole number from 1, got 0'],
    [{ concurrency: '4' }, 'concurrency must be a whole number from 1, got "4"'],
    [{ concurrency: Infinity }, 'concurrency must be'],
    [{ backoff: true }, 'backoff must be false or an object, got true'],
    [{ backoff: { firstMs: -1 } }, 'consume: backoff: firstMs must be'],
    [{ backoff: { factor: 0.5 } }, 'backoff: factor must be a number from 1, got 0.5'],
    [{ backoff: { maxMs: 1e12 } }, 'backoff: maxMs must be milliseconds, from 0 to 2147483647, got 1000000000000'],
    [{ backoff: { chance: 0.5 } }, 'backoff: chance must be a function, got 0.5'],
    [{ backoff: { first: 1 } }, 'consume: backoff has no option first'],
    [{ onError: 'ignore' }, "onError must be 'stop' or 'continue', got \"ignore\""],
    [{ timeoutMs: 0 }, 'timeoutMs must be milliseconds, from 1 to 2147483647, got 0'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs must be'],
    [{ signal: new AbortController() }, 'signal must be an AbortSignal'],
    [{ forceSignal: null }, 'forceSignal must be an AbortSignal, got null'],
    [{ handleSignals: 'yes' }, 'handleSignals must be a boolean, got "yes"'],
    [{ progress: [] }, 'progress must be a function, got []'],
    [{ clock: 5 }, 'clock must be a Clock, got 5'],
  ])('are refused when they are wrong: %o', async (options, complaint) => {
    const queue = new FakeQueue('a');
    const refused = await consume(queue, () => {}, options).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(complaint);
    expect(queue.waiting).toEqual(['a']);
  });
});
