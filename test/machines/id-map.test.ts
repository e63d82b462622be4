import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds } from '../../src/formats/message-id.ts';
import { IdMap } from '../../src/machines/id-map.ts';

const step = fc.record({
  act: fc.constantFrom('set' as const, 'set' as const, 'delete' as const),
  run: fc.integer({ min: 1, max: 12 }),
  sequence: fc.integer({ min: 1, max: 12 }),
  value: fc.nat(),
});

describe('a map of ids', () => {
  it('is a map, listed in the order of ids', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new IdMap<number>();
        const plain = new Map<string, { run: number; sequence: number; value: number }>();
        for (const { act, run, sequence, value } of steps) {
          const id = `${run} ${sequence}`;
          if (act === 'delete') expect(map.delete(run, sequence)).toBe(plain.delete(id));
          else {
            map.set(run, sequence, value);
            plain.set(id, { run, sequence, value });
          }
          expect(map.size).toBe(plain.size);
          expect(map.has(run, sequence)).toBe(plain.has(id));
          expect(map.get(run, sequence)).toBe(plain.get(id)?.value);
        }
        expect([...map.entries()]).toEqual([...plain.values()].sort(compareIds));
      }),
    );
  });

  it('is listed as it was when it was asked for a run, though it changes meanwhile', () => {
    const map = new IdMap<string>();
    for (const sequence of [3, 1, 2]) map.set(1, sequence, 'x');
    const seen: number[] = [];
    for (const { run, sequence } of map.entries()) {
      seen.push(sequence);
      map.delete(run, sequence);
    }
    expect(seen).toEqual([1, 2, 3]);
    expect([map.size, map.get(1, 1)]).toEqual([0, undefined]);
  });

  it('keeps of a run what is wanted, and all of the others', () => {
    const map = new IdMap<string>();
    for (const [run, sequence] of [
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [3, 1],
    ] as const)
      map.set(run, sequence, 'x');
    map.retain(1, (sequence) => sequence === 2);
    map.retain(2, () => false);
    map.retain(7, () => false);
    expect([...map.entries()].map(({ run, sequence }) => [run, sequence])).toEqual([
      [1, 2],
      [3, 1],
    ]);
    expect(map.runs()).toEqual([1, 3]);
  });
});
