import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FirstOf } from '../../src/machines/first-of.ts';

const byNumber = (one: number, other: number): number => one - other;

it('is what sorting all and keeping the first gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 1, max: 20 }), fc.boolean(), (items, limit, asks) => {
      const first = new FirstOf<number>(limit, byNumber);
      for (const item of items) if (!asks || first.wouldKeep(item)) first.add(item);
      expect(first.take()).toEqual(items.toSorted(byNumber).slice(0, limit));
      expect(first.isCut).toBe(items.length > limit);
    }),
  );
});

/** Those of many items that are compared while the first ten are taken, and how often any were compared before that. */
function heldOf(items: Iterable<number>): { readonly taken: number[]; readonly held: number; readonly compared: number } {
  let compared = 0;
  const held = new Set<number>();
  const first = new FirstOf<number>(10, (one, other) => {
    compared += 1;
    held.add(one).add(other);
    return one - other;
  });
  for (const item of items) first.add(item);
  const before = compared;
  held.clear();
  return { taken: first.take(), held: held.size, compared: before };
}

const FIRST_TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

it('holds no more than twice its limit, and does not sort for each item', () => {
  const { taken, held, compared } = heldOf(Array.from({ length: 10_005 }, (_, index) => 10_004 - index));
  expect(taken).toEqual(FIRST_TEN);
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThanOrEqual(20);
  expect(compared).toBeLessThan(100_000);
});

it('compares what comes too late once', () => {
  const { taken, compared } = heldOf(Array.from({ length: 10_000 }, (_, index) => index));
  expect(taken).toEqual(FIRST_TEN);
  expect(compared).toBeLessThan(11_000);
});

it('would not keep what comes behind the first, nor what equals the last of them, and says that it is cut', () => {
  const first = new FirstOf<number>(1, byNumber);
  first.add(2);
  expect([first.wouldKeep(3), first.isCut]).toEqual([true, false]);
  first.add(2);
  expect([1, 2, 3].map((item) => first.wouldKeep(item))).toEqual([true, false, false]);
  expect(first.isCut).toBe(true);
});

it('without a limit keeps all', () => {
  const first = new FirstOf<number>(Infinity, byNumber);
  for (const item of [3, 1, 2]) first.add(item);
  expect(first.take()).toEqual([1, 2, 3]);
  expect(first.isCut).toBe(false);
});
