import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAST_RUN, LAST_SEQUENCE } from '../../src/formats/message-id.ts';
import { IdSet } from '../../src/machines/id-set.ts';
import { collect } from '../support/collect.ts';

/** As many bits as a page has: ids around its borders are those to try. */
const PAGE = 32_768;

const runs = fc.constantFrom(1, 2, 3, LAST_RUN);
const sequences = fc.oneof(
  fc.integer({ min: 0, max: 70 }),
  fc.integer({ min: PAGE - 3, max: PAGE + 3 }),
  fc.integer({ min: 2 * PAGE - 3, max: 2 * PAGE + 3 }),
  fc.constantFrom(3 * PAGE, 2 ** 31 - 1, 2 ** 31, 2 ** 32, LAST_SEQUENCE),
);
type Step =
  | { readonly act: 'add' | 'delete' | 'has'; readonly run: number; readonly sequence: number }
  | { readonly act: 'addRange' | 'hasRange'; readonly run: number; readonly sequence: number; readonly count: number }
  | { readonly act: 'range'; readonly run: number; readonly first: number; readonly end: number }
  | { readonly act: 'deleteRange'; readonly run: number; readonly first: number; readonly end: number };
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constantFrom('add' as const, 'add' as const, 'delete' as const, 'has' as const),
      run: runs,
      sequence: sequences,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constantFrom('addRange' as const, 'hasRange' as const),
      run: runs,
      sequence: sequences,
      count: fc.integer({ min: 0, max: 100 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constantFrom('range' as const, 'deleteRange' as const),
      run: runs,
      first: sequences,
      end: fc.oneof(sequences, fc.constant(Number.POSITIVE_INFINITY)),
    }),
  },
);

/** The same set, as anyone would write it. */
class PlainSet {
  readonly ids = new Set<string>();

  range(run: number, first: number, end: number): number[] {
    const found: number[] = [];
    for (const id of this.ids) {
      const [other, sequence = 0] = id.split(' ').map(Number);
      if (other === run && sequence >= first && sequence < end) found.push(sequence);
    }
    return found.sort((a, b) => a - b);
  }

  deleteRange(run: number, first: number, end: number): void {
    for (const sequence of this.range(run, first, end)) this.ids.delete(`${run} ${sequence}`);
  }
}

describe('a set of ids', () => {
  it('is a set, whatever is added to it, taken out of it and asked, on all pages of all runs', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 80 }), (all) => {
        const [set, plain] = [new IdSet(), new PlainSet()];
        for (const step of all) {
          if (step.act === 'range' || step.act === 'deleteRange') {
            const { run, first, end } = step;
            const found = [...set.range(run, first, end)].sort((a, b) => a - b);
            expect(found).toEqual(plain.range(run, first, end));
            if (step.act === 'deleteRange') {
              set.deleteRange(run, first, end);
              plain.deleteRange(run, first, end);
            }
          } else if (step.act === 'addRange' || step.act === 'hasRange') {
            const ids = Array.from({ length: step.count }, (_, i) => `${step.run} ${step.sequence + i}`);
            const lacking = ids.filter((id) => !plain.ids.has(id));
            if (step.act === 'hasRange') expect(set.hasRange(step.run, step.sequence, step.count)).toBe(lacking.length === 0);
            else {
              expect(set.addRange(step.run, step.sequence, step.count)).toBe(lacking.length);
              for (const id of ids) plain.ids.add(id);
              expect(set.hasRange(step.run, step.sequence, step.count)).toBe(true);
              const behind = step.sequence + step.count;
              expect(set.hasRange(step.run, step.sequence, step.count + 1)).toBe(plain.ids.has(`${step.run} ${behind}`));
            }
          } else {
            const id = `${step.run} ${step.sequence}`;
            const had = plain.ids.has(id);
            if (step.act === 'add') expect(set.add(step.run, step.sequence)).toBe(!had);
            if (step.act === 'delete') expect(set.delete(step.run, step.sequence)).toBe(had);
            if (step.act === 'has') expect(set.has(step.run, step.sequence)).toBe(had);
            if (step.act === 'add') plain.ids.add(id);
            if (step.act === 'delete') plain.ids.delete(id);
          }
          expect(set.size).toBe(plain.ids.size);
        }
        for (const id of plain.ids) {
          const [run = 0, sequence = 0] = id.split(' ').map(Number);
          expect(set.has(run, sequence)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('knows each of many ids in order, and none beside them', () => {
    const set = new IdSet();
    for (let sequence = 1; sequence <= 100_000; sequence += 2) set.add(1, sequence);
    expect(set.size).toBe(50_000);
    let wrong = 0;
    for (let sequence = 0; sequence <= 100_001; sequence += 1)
      if (set.has(1, sequence) !== (sequence % 2 === 1 && sequence < 100_000)) wrong += 1;
    expect(wrong).toBe(0);
  });

  it('forgets a range on several pages, from its first id up to, but without, its end', () => {
    const set = new IdSet();
    for (let sequence = 0; sequence < 4 * PAGE; sequence += 1) set.add(1, sequence);
    set.add(2, PAGE);
    set.deleteRange(1, PAGE - 1, 3 * PAGE + 1);
    expect(set.size).toBe(PAGE - 1 + (PAGE - 1) + 1);
    const known = [PAGE - 2, PAGE - 1, PAGE, 3 * PAGE, 3 * PAGE + 1].map((sequence) => set.has(1, sequence));
    expect(known).toEqual([true, false, false, false, true]);
    expect(set.has(2, PAGE)).toBe(true);
  });

  it('names those of a range without its end, among them the first and the last of a word and of a page', () => {
    const set = new IdSet();
    const ids = [0, 1, 31, 32, 63, PAGE - 1, PAGE, PAGE + 31, 2 * PAGE];
    for (const sequence of ids) set.add(1, sequence);
    set.add(2, 5);
    expect([...set.range(1, 0, 2 * PAGE + 1)]).toEqual(ids);
    expect([...set.range(1, 1, PAGE)]).toEqual([1, 31, 32, 63, PAGE - 1]);
    expect([...set.range(1, 32, 63)]).toEqual([32]);
    expect([...set.range(3, 0, PAGE)]).toEqual([]);
  });

  it('needs no half byte for an id of many, and nothing for what it forgot', async () => {
    const bytesNow = async (): Promise<number> => (await collect(), process.memoryUsage().arrayBuffers);
    const before = await bytesNow();
    const set = new IdSet();
    for (let page = 0; page < 5_000; page += 1) {
      set.add(1, page * PAGE);
      set.delete(1, page * PAGE);
    }
    expect((await bytesNow()) - before).toBeLessThan(1_000_000);
    set.addRange(1, 0, 100 * PAGE);
    expect((await bytesNow()) - before).toBeLessThan((100 * PAGE) / 2);
    set.deleteRange(1, 0, 100 * PAGE);
    expect((await bytesNow()) - before).toBeLessThan(1_000_000);
    expect(set.size).toBe(0);
  });

  it('takes an id again on a page that was just given up', () => {
    const set = new IdSet();
    expect(set.add(1, 5)).toBe(true);
    expect(set.delete(1, 5)).toBe(true);
    expect(set.add(1, 5)).toBe(true);
    set.deleteRange(1, 0, PAGE);
    expect(set.has(1, 5)).toBe(false);
    expect(set.add(1, 6)).toBe(true);
    expect([set.has(1, 5), set.has(1, 6), set.size]).toEqual([false, true, 1]);
  });
});
