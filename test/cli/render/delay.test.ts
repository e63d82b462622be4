import { expect, it } from 'vitest';
import { formatDelay } from '../../../src/cli/render/delay.ts';

it.each([
  [0, '0 ns'],
  [0.000_4, '400 ns'],
  [0.012, '12 µs'],
  [0.002_34, '2.3 µs'],
  [3.14, '3.1 ms'],
  [40.4, '40 ms'],
  [999, '999 ms'],
  [2_500, '2.5 s'],
  [75_000, '75 s'],
])('%d ms is %s', (ms, text) => {
  expect(formatDelay(ms)).toBe(text);
});
