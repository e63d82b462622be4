import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inRanges } from '../../src/machines/id-ranges.ts';

const ids = (run: number, ...sequences: number[]) => sequences.map((sequence) => ({ run, sequence }));

it('joins what follows each other, whatever order it comes in', () => {
  expect(inRanges([...ids(2, 7, 5, 6), ...ids(1, 9, 8, 3)], 10)).toEqual([
    { run: 1, sequence: 3, count: 1 },
    { run: 1, sequence: 8, count: 2 },
    { run: 2, sequence: 5, count: 3 },
  ]);
});

it('joins no more than it is told', () => {
  expect(inRanges(ids(1, 1, 2, 3, 4, 5), 2).map(({ sequence, count }) => [sequence, count])).toEqual([
    [1, 2],
    [3, 2],
    [5, 1],
  ]);
  expect(inRanges([], 2)).toEqual([]);
});

it('does not join what follows each other in two runs', () => {
  expect(inRanges([...ids(1, 4), ...ids(2, 5)], 10)).toHaveLength(2);
});

it('names each id once, in put order, and leaves what it was given as it was', () => {
  const some = fc.uniqueArray(fc.record({ run: fc.integer({ min: 1, max: 3 }), sequence: fc.integer({ min: 1, max: 60 }) }), {
    selector: ({ run, sequence }) => `${run}-${sequence}`,
  });
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 9 }), (given, most) => {
      const before = [...given];
      const ranges = inRanges(given, most);
      const named = ranges.flatMap(({ run, sequence, count }) =>
        Array.from({ length: count }, (_, i) => ({ run, sequence: sequence + i })),
      );
      expect(named).toEqual(given.toSorted((a, b) => a.run - b.run || a.sequence - b.sequence));
      expect(Math.max(0, ...ranges.map(({ count }) => count))).toBeLessThanOrEqual(most);
      expect(given).toEqual(before);
    }),
  );
});
