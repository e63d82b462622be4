import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafOf, MOST_PARTS } from '../../src/machines/part-ledger.ts';

describe('the way to a part', () => {
  it.each([
    [0, '00/00/00'],
    [255, '00/00/ff'],
    [256, '00/01/00'],
    [858, '00/03/5a'],
    [65_536, '01/00/00'],
    [MOST_PARTS - 1, 'ff/ff/ff'],
  ])('of %i is %s', (index, way) => expect(leafOf(index).join('/')).toBe(way));

  it('is another one for each, and all ways are as long', () => {
    const part = fc.nat(MOST_PARTS - 1);
    fc.assert(
      fc.property(part, part, (one, other) => {
        expect(leafOf(one).join('/') === leafOf(other).join('/')).toBe(one === other);
        expect(leafOf(one)).toHaveLength(leafOf(other).length);
      }),
    );
  });

  it('leads through buckets of 256 at most', () => {
    const buckets = new Map<string, number>();
    for (let index = 0; index < 70_000; index += 1) {
      const bucket = leafOf(index).slice(0, -1).join('/');
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    expect(Math.max(...buckets.values())).toBe(256);
  });
});
