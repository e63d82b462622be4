import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consume } from '../../src/queues/consume.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { FakeQueue } from '../support/fake-queue.ts';
import { gate } from '../support/gate.ts';

const boom = new Error('boom');

describe('consume, told to drain', () => {
  it('takes nothing more, finishes what runs, and says that it was interrupted', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('abc');
    const finishes = gate();
    const drain = new AbortController();
    const seen: boolean[] = [];
    const work = async (_: unknown, { signal }: { signal: AbortSignal }): Promise<void> => {
      await finishes.opened;
      seen.push(signal.aborted);
    };
    const report = consume(queue, work, { clock, concurrency: 2, signal: drain.signal });
    await clock.advance(0);
    drain.abort();
    await clock.advance(0);
    finishes.open();
    expect(await report).toMatchObject({ taken: 2, done: 2, interrupted: { how: 'drained', signal: null } });
    expect(seen).toEqual([false, false]);
    expect(queue.waiting).toEqual(['c']);
  });

  it('ends its wait for an item of an open queue', async () => {
    const clock = manualClock();
    const drain = new AbortController();
    const report = consume(new FakeQueue([], { closed: false }), () => {}, { clock, signal: drain.signal });
    await clock.advance(0);
    drain.abort(new Error('enough'));
    expect(await report).toMatchObject({ taken: 0, interrupted: { how: 'drained' } });
  });

  it('takes nothing at all when it was told before it began', async () => {
    const queue = new FakeQueue('a');
    expect(await consume(queue, () => {}, { signal: AbortSignal.abort() })).toMatchObject({ taken: 0, interrupted: { how: 'drained' } });
    expect(queue.waiting).toEqual(['a']);
  });

  it('gives back what a queue hands out all the same', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a');
    const answers = gate();
    const deaf = {
      maxAttempts: 3,
      get: async () => {
        await answers.opened;
        return queue.get();
      },
    };
    const drain = new AbortController();
    const report = consume(deaf, () => {}, { clock, signal: drain.signal });
    await clock.advance(0);
    drain.abort();
    answers.open();
    expect(await report).toMatchObject({ taken: 1, released: 1 });
    expect(queue.ledger).toEqual(['released a']);
  });

  it('counts the failed attempt of what waits for its next, without waiting', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a');
    const drain = new AbortController();
    const fail = (): never => {
      throw boom;
    };
    const report = consume(queue, fail, { clock, signal: drain.signal, backoff: { firstMs: 60_000, chance: () => 0.9 } });
    await clock.advance(100);
    drain.abort();
    expect(await report).toMatchObject({ taken: 1, retried: 1, released: 0, durationMs: 100 });
    expect(queue.ledger).toEqual(['failed a 1']);
    expect(clock.pending).toBe(0);
  });
});

describe('consume, forced', () => {
  it('aborts the signals of the handlers and gives their items back', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('abc');
    const force = new AbortController();
    const work = (item: { id: string }, { signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise((resolve, reject) => {
        // One stops half way and returns, the other throws: neither is done, and neither failed.
        signal.addEventListener('abort', () => (item.id === 'a' ? resolve() : reject(boom)));
      });
    const report = consume(queue, work, { clock, concurrency: 2, forceSignal: force.signal });
    await clock.advance(0);
    force.abort();
    expect(await report).toMatchObject({ taken: 2, released: 2, interrupted: { how: 'forced', signal: null } });
    expect(queue.ledger.toSorted()).toEqual(['released a', 'released b']);
  });

  it('waits a second for a handler that does not listen, and then leaves it to itself', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a');
    const force = new AbortController();
    const finishes = gate();
    const work = async (): Promise<void> => {
      await finishes.opened;
      throw new Error('nobody is to hear of it');
    };
    const report = consume(queue, work, { clock, forceSignal: force.signal });
    await clock.advance(0);
    force.abort();
    await clock.advance(999);
    expect(queue.ledger).toEqual([]);
    await clock.advance(1);
    expect(queue.ledger).toEqual(['released a']);
    expect(await report).toMatchObject({ taken: 1, released: 1, durationMs: 1_000 });
    finishes.open();
    await clock.advance(0);
  });

  it('waits for a settlement that is under way', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a');
    const written = gate();
    const slow = {
      get: async () => {
        const item = await queue.get();
        return item && { ...item, done: () => written.opened.then(() => item.done()) };
      },
    };
    const force = new AbortController();
    const report = consume(slow, () => {}, { clock, forceSignal: force.signal });
    await clock.advance(0);
    force.abort();
    await clock.advance(10_000);
    written.open();
    expect(await report).toMatchObject({ taken: 1, done: 1, released: 0 });
  });
});

describe('consume, with the signals of the process', () => {
  let exitCode: typeof process.exitCode;
  beforeEach(() => {
    exitCode = process.exitCode;
    process.exitCode = undefined;
  });
  afterEach(() => {
    process.exitCode = exitCode;
  });

  const listeners = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

  it('does not touch them unless it is told to', async () => {
    const before = listeners();
    await consume(new FakeQueue('a'), () => expect(listeners()).toBe(before));
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('W-04 drains at the first %s and sets the exit code to %i', async (signal, code) => {
    const before = listeners();
    const queue = new FakeQueue('ab');
    const report = await consume(queue, () => void process.emit(signal), { handleSignals: true });
    expect(report).toMatchObject({ taken: 1, done: 1, interrupted: { how: 'drained', signal } });
    expect(process.exitCode).toBe(code);
    expect(listeners()).toBe(before);
  });

  it('leaves an exit code alone that somebody set', async () => {
    process.exitCode = 3;
    await consume(new FakeQueue('a'), () => void process.emit('SIGTERM'), { handleSignals: true });
    expect(process.exitCode).toBe(3);
  });

  it('W-05 forces at the second, and lets a third end the process', async () => {
    const before = listeners();
    const clock = manualClock();
    const queue = new FakeQueue('ab');
    const report = consume(queue, () => new Promise(() => {}), { clock, handleSignals: true });
    await clock.advance(0);
    process.emit('SIGINT');
    process.emit('SIGTERM');
    expect(listeners()).toBe(before);
    await clock.advance(1_000);
    expect(await report).toMatchObject({ taken: 1, released: 1, interrupted: { how: 'forced', signal: 'SIGTERM' } });
    expect(process.exitCode).toBe(130);
  });

  it('takes the same signal within half a second for an echo: npm passes on what the terminal sent as well', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('ab');
    const report = consume(queue, () => new Promise(() => {}), { clock, handleSignals: true });
    await clock.advance(0);
    process.emit('SIGINT');
    await clock.advance(499);
    process.emit('SIGINT');
    await clock.advance(10_000);
    expect(queue.ledger).toEqual([]);
    process.emit('SIGINT');
    await clock.advance(1_000);
    expect(await report).toMatchObject({ interrupted: { how: 'forced', signal: 'SIGINT' } });
  });
});
