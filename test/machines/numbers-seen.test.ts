import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumbersSeen } from '../../src/machines/numbers-seen.ts';

describe('numbers that are met', () => {
  it('are met once each, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 3, max: 40 }), { maxLength: 80 }), (numbers) => {
        const [seen, model] = [new NumbersSeen(3), new Set<number>()];
        for (const number of numbers) {
          expect(seen.add(number)).toBe(!model.has(number));
          model.add(number);
          for (let other = 3; other <= 41; other += 1) expect(seen.has(other), `${other} after ${number}`).toBe(model.has(other));
        }
      }),
    );
  });

  it('count as met when they are passed over, but for those that were jumped over before', () => {
    const seen = new NumbersSeen(1);
    expect([1, 4].map((number) => seen.add(number))).toEqual([true, true]);
    seen.passTo(10);
    seen.passTo(7);
    expect([5, 9, 1, 4, 2, 3, 2, 10].map((number) => seen.add(number))).toEqual([false, false, false, false, true, true, false, true]);
  });
});
