import { expect, it } from 'vitest';
import { sampleOf } from './sample.ts';

const NUMBERS = Array.from({ length: 100 }, (_, index) => index);

it('is spread over all, with the first and the last, and the same each time', () => {
  const sample = sampleOf(NUMBERS, 10, () => []);
  expect(sample).toEqual(sampleOf(NUMBERS, 10, () => []));
  expect(sample).not.toEqual(sampleOf(NUMBERS, 10, () => [], 2));
  expect([sample[0], sample.at(-1)]).toEqual([0, 99]);
  for (let start = 0; start < 100; start += 10) expect(sample.filter((one) => one >= start && one < start + 10)).not.toEqual([]);
  expect(sample.length).toBeLessThanOrEqual(12);
});

it('has one of each kind, however rare', () => {
  const kindsOf = (one: number): string[] => [one === 37 ? 'rare' : 'common', ...(one === 73 ? ['odd'] : [])];
  for (let seed = 1; seed < 20; seed += 1) expect(sampleOf(NUMBERS, 50, kindsOf, seed)).toEqual(expect.arrayContaining([0, 37, 73, 99]));
});

it('leaves kinds out of account where it is to be small', () => {
  const sample = sampleOf(NUMBERS, { ofAnyKind: 50 }, (one) => [`${one}`]);
  expect([sample[0], sample.at(-1)]).toEqual([0, 99]);
  expect(sample.length).toBeLessThanOrEqual(4);
});

it('is everything where nothing is to be left out, and nothing of nothing', () => {
  expect(sampleOf(NUMBERS, 1, () => [])).toEqual(NUMBERS);
  expect(sampleOf([], 5, () => [])).toEqual([]);
  expect(sampleOf(['only'], 5, () => [])).toEqual(['only']);
});
