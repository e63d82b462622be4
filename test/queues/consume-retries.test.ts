import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../src/errors.ts';
import { HandlerTimeoutError } from '../../src/queues/handler-errors.ts';
import { consume } from '../../src/queues/consume.ts';
import { TaskLockedError } from '../../src/tasks/task-errors.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { FakeQueue } from '../support/fake-queue.ts';
import { gate } from '../support/gate.ts';

const ALMOST_ONE = 1 - Number.EPSILON;
const boom = new Error('boom');

describe('consume, when a handler fails', () => {
  it('W-02 waits longer after each attempt, by chance up to a ceiling, and then tries the item again', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a', { maxAttempts: 4 });
    const chances = [0.5, ALMOST_ONE, 0.1];
    const tries: number[] = [];
    const backoff = { firstMs: 100, factor: 3, maxMs: 500, chance: () => chances.shift() ?? 0 };
    const report = consume(
      queue,
      (item) => {
        tries.push(clock.monotonic());
        if (item.attempt < 4) throw boom;
      },
      { clock, backoff },
    );
    await clock.advance(1_000);
    // Half of 100, almost 300, a tenth of 500, which 900 was cut to.
    expect(tries).toEqual([0, 50, 349, 399]);
    expect(await report).toMatchObject({ taken: 4, done: 1, retried: 3, failed: 0, errors: [] });
    expect(queue.ledger).toEqual(['failed a 1', 'failed a 2', 'failed a 3', 'done a']);
  });

  it('W-02 keeps the claim while an item waits, and lets others have its slot', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('abc');
    const report = consume(
      queue,
      (item) => {
        if (item.id === 'a' && item.attempt === 1) throw boom;
      },
      { clock, backoff: { firstMs: 100, chance: () => ALMOST_ONE } },
    );
    await clock.advance(98);
    expect(queue.ledger).toEqual(['done b', 'done c']);
    expect([...queue.held.keys()]).toEqual(['a']);
    await clock.advance(1);
    expect(queue.ledger).toEqual(['done b', 'done c', 'failed a 1', 'done a']);
    expect(await report).toMatchObject({ taken: 4, done: 3, retried: 1 });
  });

  it('W-02 draws the default waits from Math.random', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a', { maxAttempts: 2 });
    const report = consume(
      queue,
      (item) => {
        if (item.attempt === 1) throw boom;
      },
      { clock },
    );
    await clock.advance(1_000);
    expect(await report).toMatchObject({ done: 1, retried: 1 });
  });

  it('takes nothing more while ten items a slot wait, so that a poisoned backlog is not taken whole', async () => {
    const clock = manualClock();
    const queue = new FakeQueue(Array.from({ length: 50 }, (_, index) => index));
    const fail = (): never => {
      throw boom;
    };
    const report = consume(queue, fail, { clock, onError: 'continue', backoff: { firstMs: 1_000, factor: 1, chance: () => ALMOST_ONE } });
    await clock.advance(998);
    expect(queue.held.size).toBe(10);
    await clock.advance(1_000_000);
    expect(await report).toMatchObject({ taken: 150, retried: 100, failed: 50 });
    expect(queue.mostHeld).toBe(10);
  });

  it('does not make an item wait whose claim is lost meanwhile', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a');
    const fail = (): never => {
      throw boom;
    };
    const report = consume(queue, fail, { clock, backoff: { firstMs: 1_000_000, maxMs: 1_000_000, chance: () => ALMOST_ONE } });
    await clock.advance(0);
    queue.takeBack('a');
    expect(await report).toMatchObject({ taken: 1, lost: 1, retried: 0 });
    expect(clock.pending).toBe(0);
  });

  it('gives an item back after a second, uncounted, if somebody else has what it is about, however often that is', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a', { maxAttempts: 2 });
    const tries: number[] = [];
    const report = consume(
      queue,
      () => {
        if (tries.push(clock.monotonic()) < 4) throw new TaskLockedError('load', 'a', 'etl-2-4711');
      },
      { clock, backoff: false },
    );
    await clock.advance(4_000);
    expect(tries).toEqual([0, 1_000, 2_000, 3_000]);
    expect(await report).toMatchObject({ taken: 4, done: 1, retried: 0, failed: 0, released: 3, errors: [] });
    expect(queue.ledger).toEqual(['released a', 'released a', 'released a', 'done a']);
  });

  it('takes what is behind items that somebody else has, however many those are', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('abcdefghijklmnopqrstuvwxyz');
    const report = consume(
      queue,
      (item) => {
        if (item.id !== 'z' && clock.monotonic() < 60_000) throw new TaskLockedError('load', item.id, 'etl-2-4711');
      },
      { clock, concurrency: 1 },
    );
    await clock.advance(500);
    expect(queue.ledger).toEqual(['done z']);
    await clock.advance(120_000);
    expect(await report).toMatchObject({ done: 26, failed: 0 });
  });

  it('W-03 gives an item up at once for a PermanentError, without a wait', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('ab');
    const hopeless = new PermanentError('no such airport');
    const report = await consume(
      queue,
      (item) => {
        if (item.id === 'a') throw hopeless;
      },
      { clock, onError: 'continue' },
    );
    expect(queue.ledger).toEqual(['given up a 1', 'done b']);
    expect(report).toMatchObject({ taken: 2, done: 1, failed: 1, retried: 0, errors: [{ id: 'a', attempt: 1, error: hopeless }] });
  });

  it('W-06 stops at the first item that is given up, finishes what runs, and rejects with its error', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('abcd', { maxAttempts: 1 });
    const finishes = gate();
    const report = consume(
      queue,
      async (item) => {
        if (item.id === 'b') throw boom;
        await finishes.opened;
      },
      { clock, concurrency: 2 },
    );
    const rejected = expect(report).rejects.toBe(boom);
    await clock.advance(0);
    expect([...queue.held.keys()]).toEqual(['a']);
    finishes.open();
    await rejected;
    expect(queue.ledger).toEqual(['given up b 1', 'done a']);
    expect(queue.waiting).toEqual(['c', 'd']);
  });

  it('W-06 does not stop for an attempt that is followed by another', async () => {
    const queue = new FakeQueue('ab');
    const report = await consume(
      queue,
      (item) => {
        if (item.attempt < 3) throw boom;
      },
      { backoff: false },
    );
    expect(report).toMatchObject({ taken: 6, done: 2, retried: 4 });
  });

  it('W-06 counts the failed attempt of what waits when it stops, without waiting any longer', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('ab');
    const report = consume(
      queue,
      (item) => {
        throw item.id === 'a' ? boom : new PermanentError('b can not be');
      },
      { clock, backoff: { firstMs: 60_000, chance: () => ALMOST_ONE } },
    );
    await expect(report).rejects.toThrow('b can not be');
    expect(clock.monotonic()).toBe(0);
    expect(queue.ledger.toSorted()).toEqual(['failed a 1', 'given up b 1']);
    expect(queue.held.size).toBe(0);
  });

  it("W-06 goes on under 'continue' and lists what was given up, the first hundred of it", async () => {
    const queue = new FakeQueue(
      Array.from({ length: 150 }, (_, index) => index),
      { maxAttempts: 2 },
    );
    const report = await consume(
      queue,
      (item) => {
        if (item.value !== 7) throw new Error(`not ${item.id}`);
      },
      { onError: 'continue', backoff: false, concurrency: 3 },
    );
    expect(report).toMatchObject({ taken: 299, done: 1, failed: 149, retried: 149 });
    expect(report.errors).toHaveLength(100);
    expect(report.errors[0]).toEqual({ id: '0', attempt: 2, error: new Error('not 0') });
  });

  it.each([['a text'], [undefined], [null], [0]])('takes %s for an error like any other', async (thrown) => {
    const settled: unknown[] = [];
    const queue = new FakeQueue('a', { maxAttempts: 1 });
    const watched = { maxAttempts: 1, get: async () => watchFail(await queue.get(), settled) };
    const report = consume(watched, () => Promise.reject(thrown)); // oxlint-disable-line prefer-promise-reject-errors
    await report.then(
      () => expect.unreachable(),
      (error: unknown) => expect(error).toBe(thrown),
    );
    expect(settled).toEqual([thrown]);
  });

  it('stops with the error of a chance that throws, and gives the item back', async () => {
    const queue = new FakeQueue('a');
    const fail = (): never => {
      throw boom;
    };
    const chance = (): never => {
      throw new Error('no chance');
    };
    await expect(consume(queue, fail, { backoff: { chance } })).rejects.toThrow('no chance');
    expect(queue.ledger).toEqual(['released a']);
  });
});

describe('consume, when a handler takes too long', () => {
  it('aborts its signal and holds its slot until it ends, which is a failed attempt even if it returns', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('ab', { maxAttempts: 1 });
    const finishes = gate();
    const started: string[] = [];
    let reason: unknown;
    const report = consume(
      queue,
      async (item, { signal }) => {
        started.push(item.id);
        if (item.id === 'b') return;
        signal.addEventListener('abort', () => (reason = signal.reason));
        await finishes.opened;
      },
      { clock, timeoutMs: 100, onError: 'continue' },
    );
    await clock.advance(99);
    expect(reason).toBeUndefined();
    await clock.advance(10_000);
    expect(reason).toBeInstanceOf(HandlerTimeoutError);
    expect(started).toEqual(['a']);
    finishes.open();
    const { errors, ...counts } = await report;
    expect(counts).toMatchObject({ taken: 2, done: 1, failed: 1 });
    expect(errors).toEqual([{ id: 'a', attempt: 1, error: reason }]);
    expect(String(reason)).toContain('The handler of a took longer than 100 ms');
  });

  it('says so instead of what the handler throws for it', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a', { maxAttempts: 1 });
    const report = consume(queue, (_, { signal }) => rejectOnAbort(signal, new Error('stopped')), { clock, timeoutMs: 100 });
    const rejected = expect(report).rejects.toBeInstanceOf(HandlerTimeoutError);
    await clock.advance(100);
    await rejected;
  });

  it('leaves no timer behind for a handler that was fast enough', async () => {
    const clock = manualClock();
    await consume(new FakeQueue('abc'), () => {}, { clock, timeoutMs: 100 });
    expect(clock.pending).toBe(0);
  });
});

function rejectOnAbort(signal: AbortSignal, error: Error): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(error)));
}

function watchFail<I extends { fail(error: unknown): Promise<void> }>(item: I | undefined, settled: unknown[]): I | undefined {
  if (item === undefined) return undefined;
  const fail = async (error: unknown): Promise<void> => {
    settled.push(error);
    await item.fail(error);
  };
  return { ...item, fail };
}

describe('consume, when a handler settles its item itself and throws then', () => {
  it('leaves it as it was settled, also at the last attempt, and goes on', async () => {
    for (const error of [boom, new PermanentError('no')]) {
      const queue = new FakeQueue('ab', { maxAttempts: 1 });
      const report = await consume(queue, async (item) => {
        await item.done();
        throw error;
      });
      expect(report).toMatchObject({ taken: 2, done: 2, failed: 0, errors: [] });
      expect(queue.ledger).toEqual(['done a', 'done b']);
    }
  });
});
