import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, backoffMs, type Backoff } from '../../src/machines/retry-policy.ts';

const BACKOFF: Backoff = { firstMs: 100, factor: 2, maxMs: 1_000 };
const ALMOST_ONE = 1 - Number.EPSILON;

describe('backoffMs', () => {
  it.each([
    [1, 99],
    [2, 199],
    [3, 399],
    [4, 799],
    [5, 999],
    [5_000, 999],
  ])('waits after attempt %i up to %i ms: twice as long each time, until the longest wait', (attempt, longest) => {
    expect(backoffMs(attempt, BACKOFF, ALMOST_ONE)).toBe(longest);
    expect(backoffMs(attempt, BACKOFF, 0.5)).toBe(Math.floor((longest + 1) / 2));
    expect(backoffMs(attempt, BACKOFF, 0)).toBe(0);
  });

  it('draws the whole range evenly, so that items which failed together do not come again together', () => {
    const tenths = new Set(Array.from({ length: 1_000 }, (_, step) => Math.floor(backoffMs(1, BACKOFF, step / 1_000) / 10)));
    expect(tenths.size).toBe(10);
  });

  it('waits not at all when the first wait is nothing, however late the attempt', () => {
    expect(backoffMs(100_000, { firstMs: 0, factor: 10, maxMs: 1_000 }, 0.9)).toBe(0);
  });

  it('is a whole number of milliseconds within its bounds, whatever it is given', () => {
    const backoff = fc.record({ firstMs: fc.nat(), factor: fc.double({ min: 1, max: 1e6, noNaN: true }), maxMs: fc.nat() });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), backoff, chance, (attempt, limits, drawn) => {
        const ms = backoffMs(attempt, limits, drawn);
        expect(Number.isSafeInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(limits.maxMs);
      }),
    );
  });
});

describe('afterFailure', () => {
  it('tries again until the attempts are used up', () => {
    const kinds = [1, 2, 3, 4].map((attempt) => afterFailure({ attempt, maxAttempts: 3, permanent: false }, BACKOFF, 0.5).kind);
    expect(kinds).toEqual(['again', 'again', 'giveUp', 'giveUp']);
  });

  it('gives up what is permanent at its first attempt', () => {
    expect(afterFailure({ attempt: 1, maxAttempts: 3, permanent: true }, BACKOFF, 0.5)).toEqual({ kind: 'giveUp' });
  });

  it('tries again without end where the queue sets no limit', () => {
    const after = afterFailure({ attempt: 1_000_000, maxAttempts: undefined, permanent: false }, BACKOFF, 0.5);
    expect(after).toEqual({ kind: 'again', afterMs: 500 });
  });
});
