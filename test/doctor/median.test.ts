import { expect, it } from 'vitest';
import { median } from '../../src/doctor/median.ts';

it.each([
  [[], 0],
  [[7], 7],
  [[100, 1, 2], 2],
  [[4, 3, 2, 1], 3],
])('of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});
