import { describe, expect, it } from 'vitest';
import type { ConsumeProgress } from '../../src/queues/consume-report.ts';
import { consume } from '../../src/queues/consume.ts';
import { manualClock, type ManualClock } from '../../src/testing/manual-clock.ts';
import { FakeQueue } from '../support/fake-queue.ts';

/** A handler that takes that long. */
function takes(clock: ManualClock, ms: number): () => Promise<void> {
  return () => new Promise((resolve) => clock.after(ms, resolve));
}

describe('the progress of consume', () => {
  it('W-08 is told at most once an interval, and at the end whenever that is', async () => {
    const clock = manualClock();
    const told: ConsumeProgress[] = [];
    const queue = new FakeQueue(Array.from({ length: 100 }, (_, index) => index));
    const report = consume(queue, takes(clock, 10), { clock, progress: (now) => told.push(now), progressIntervalMs: 300 });
    await clock.advance(1_000);
    await report;
    expect(told.map(({ elapsedMs, done, state }) => [elapsedMs, done, state])).toEqual([
      [0, 0, 'working'],
      [300, 29, 'working'],
      [600, 59, 'working'],
      [900, 89, 'working'],
      [1_000, 100, 'ended'],
    ]);
    const counts = { taken: 1, done: 0, failed: 0, retried: 0, released: 0, lost: 0, running: 1, waitingForRetry: 0 };
    expect(told[0]).toEqual({ ...counts, state: 'working', startedAt: new Date('2000-01-01T00:00:00Z'), elapsedMs: 0 });
    expect(clock.pending).toBe(0);
  });

  it('shows what waits for its next attempt', async () => {
    const clock = manualClock();
    const told: ConsumeProgress[] = [];
    const fail = (): never => {
      throw new Error('boom');
    };
    const options = { clock, progress: (now: ConsumeProgress) => told.push(now), progressIntervalMs: 0 } as const;
    const backoff = { firstMs: 100, chance: () => 0.5 };
    const report = consume(new FakeQueue('a', { maxAttempts: 2 }), fail, { ...options, backoff, onError: 'continue' });
    await clock.advance(1_000);
    await report;
    expect(told).toContainEqual(expect.objectContaining({ taken: 1, running: 0, waitingForRetry: 1 }));
    expect(told.at(-1)).toMatchObject({ taken: 2, retried: 1, failed: 1, waitingForRetry: 0, state: 'ended' });
  });

  it('is told while it stops, and at its end though it rejects', async () => {
    const clock = manualClock();
    const states: string[] = [];
    const queue = new FakeQueue('ab', { maxAttempts: 1 });
    const slowly = takes(clock, 100);
    const report = consume(
      queue,
      async ({ id }) => {
        if (id === 'b') throw new Error('boom');
        await slowly();
      },
      { clock, concurrency: 2, progress: ({ state }) => states.push(state), progressIntervalMs: 0 },
    );
    const rejected = expect(report).rejects.toThrow('boom');
    await clock.advance(100);
    await rejected;
    expect([...new Set(states)]).toEqual(['working', 'stopping', 'ended']);
  });

  it.each([
    ['throws', () => badProgress()],
    ['rejects', () => Promise.reject(new Error('no terminal'))],
  ])('stops the work with its error when it %s', async (_, progress) => {
    const queue = new FakeQueue('ab', { closed: false });
    await expect(consume(queue, () => {}, { progress })).rejects.toThrow('no terminal');
    expect(queue.held.size).toBe(0);
  });

  it('stops the work with its error though it throws only at the end', async () => {
    const progress = ({ state }: ConsumeProgress): void => {
      if (state === 'ended') badProgress();
    };
    await expect(consume(new FakeQueue('ab'), () => {}, { progress })).rejects.toThrow('no terminal');
  });
});

function badProgress(): never {
  throw new Error('no terminal');
}
