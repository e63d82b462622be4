import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnserialisableValueError } from '../../src/errors.ts';
import type { Codec } from '../../src/formats/codec.ts';
import { encodeTogether, encodeValues } from '../../src/formats/encode-values.ts';

const all = (values: Iterable<unknown>): string[] => [...encodeValues(undefined, values)].flat();

/** What `JSON.stringify` treats in a way of its own, in a list or alone. */
const strange = fc.constantFrom<unknown>(
  '~:~', ['a', '~:~', 'b'], '","', '', -0, Number.NaN, null, new Date(0), { toJSON: () => 'x' }, Object('boxed'), { a: undefined },
); // prettier-ignore

describe('the texts of many values', () => {
  it('are the same as one by one, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), strange), { maxLength: 200 }), (values) => {
        const texts = values.map((value) => JSON.stringify(value));
        expect(all(values)).toEqual(texts);
        expect(all(new Set(values))).toEqual([...new Set(values)].map((value) => JSON.stringify(value)));
      }),
    );
  });

  it('are those of the codec where there is one, for an array too', () => {
    const upper: Codec<string> = { encode: (value) => value.toUpperCase(), decode: (text) => text };
    for (const values of [['a', 'b'], new Set(['a', 'b'])]) expect([...encodeValues(upper, values)].flat()).toEqual(['A', 'B']);
  });

  it('are made together, more and more of them while they are short', () => {
    const some = (length: number, count: number) =>
      [...encodeValues(undefined, Array(count).fill('x'.repeat(length)))].map((texts) => texts.length);
    expect(some(10, 200)).toEqual([1, 64, 64, 64, 7]);
    expect(some(998, 20)).toEqual([1, 8, 8, 3]);
    expect(encodeTogether([1, 'x'.repeat(16 * 1024 * 1024 - 2)])).toHaveLength(2);
    expect(encodeTogether([1, 'x'.repeat(16 * 1024 * 1024 - 1)])).toBeNull();
  });

  it('are made together where each is the same as in a list', () => {
    expect(encodeTogether([{ a: 1 }, 'b', 3, true, null, [[]]])).toEqual(['{"a":1}', '"b"', '3', 'true', 'null', '[[]]']);
    const loop: unknown[] = [];
    loop.push(loop);
    for (const value of [undefined, () => 1, Symbol('s'), 1n, loop, new Date(0), { toJSON: () => undefined }, ['x', '~:~', 'y']])
      expect(encodeTogether([1, value, 2]), String(typeof value)).toBeNull();
  });

  it('come up to the first value that has none', () => {
    for (const at of [0, 1, 5, 150]) {
      const values: unknown[] = Array.from({ length: 200 }, (_, index) => index);
      values[at] = undefined;
      const texts: string[] = [];
      expect(() => {
        for (const some of encodeValues(undefined, values)) texts.push(...some);
      }).toThrow(UnserialisableValueError);
      expect(texts).toEqual(values.slice(0, at).map(String));
    }
  });

  it('are those of the moment: an object that a generator gives again and again is another each time', () => {
    function* rows(): Generator<{ row: number }> {
      const one = { row: 0 };
      for (; one.row < 100; one.row += 1) yield one;
    }
    expect(all(rows())).toEqual(Array.from({ length: 100 }, (_, row) => JSON.stringify({ row })));
  });

  it('are few at a time if they are long, and none is longer than what a reader believes', () => {
    const long = 'x'.repeat(10_000);
    expect([...encodeValues(undefined, [long, long, 'y'])].map(({ length }) => length)).toEqual([1, 1, 1]);
    const longest = 'x'.repeat(16 * 1024 * 1024);
    expect(() => all([1, 2, 3, longest])).toThrow(/characters/);
  });
});
