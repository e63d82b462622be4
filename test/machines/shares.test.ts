import { describe, expect, it } from 'vitest';
import { shareOf } from '../../src/machines/shares.ts';

const pad = (index: number, digits: number): string => String(index).padStart(digits, '0');
const day = (index: number): string => new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10);
const KINDS: Record<string, (index: number) => string> = {
  'counted up': (index) => `sales-${pad(index, 6)}.tsv`,
  'counted up without zeros': (index) => `part-${index}.tsv`,
  'by day': (index) => `export_${day(index)}.tsv`,
  'by hour': (index) => `log-${new Date(Date.UTC(2024, 0, 1, index)).toISOString().slice(0, 13)}.tsv`,
  'in tens': (index) => `${pad(index * 10, 7)}.tsv`,
  'even ones': (index) => `x${index * 2}.tsv`,
  'given back': (index) => `a.tsv.0123456789ab${index.toString(36)}a1.again`,
  'by unit and day': (index) => `unit-${index % 7}_${day(Math.floor(index / 7))}.tsv`,
};

describe.each([2, 3, 4, 5, 7, 8, 12, 16])('among %i consumers', (consumers) => {
  it.each(Object.entries(KINDS))('names that are %s fall evenly', (_, nameOf) => {
    const files = 20_000;
    const shares = Array.from({ length: consumers }, () => 0);
    for (let index = 0; index < files; index += 1) {
      const share = shareOf(nameOf(index), consumers);
      shares[share] = (shares[share] ?? 0) + 1;
    }
    expect(shares).toHaveLength(consumers);
    const fair = files / consumers;
    for (const count of shares) expect(Math.abs(count - fair) / fair).toBeLessThan(0.1);
  });
});

it('one alone has all, and everybody computes the same', () => {
  expect(shareOf('a.tsv', 1)).toBe(0);
  // In every version of this library: two may serve one folder.
  const names = ['sales-01.tsv', 'sales-02.tsv', 'a.tsv', 'é.tsv'];
  expect(names.map((name) => shareOf(name, 1_000))).toEqual([444, 946, 70, 920]);
});
