import { expect, it } from 'vitest';
import { when } from '../../src/cli/when.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

const read = (text: string): number => when('--not-before')(text)(manualClock()).getTime();
const now = manualClock().wall().getTime();

it.each([
  ['90', 90_000],
  ['0', 0],
  ['1.5s', 1_500],
  ['10m', 600_000],
  ['.5h', 1_800_000],
  ['2d', 172_800_000],
])('reads %s as so long from now', (text, ms) => expect(read(text)).toBe(now + ms));

it('reads a date, of this time zone unless it names one', () => {
  expect(read('2026-11-28T06:00:00.5Z')).toBe(Date.UTC(2026, 10, 28, 6, 0, 0, 500));
  expect(read('2026-11-28T06:00+02:00')).toBe(Date.UTC(2026, 10, 28, 4));
  expect(read('2026-11-28T06:00')).toBe(new Date(2026, 10, 28, 6).getTime());
  expect(read('2026-11-28')).toBe(new Date(2026, 10, 28).getTime());
});

it.each(['', 'tomorrow', '-5', '10 m', '10w', '2026-13-01', '2026-11-28 06:00', '1e9', '40000d', 'Infinity'])(
  'refuses %j, and says what it takes',
  (text) => {
    expect(() => when('--not-before')(text)).toThrow(
      `--not-before takes a date, as 2026-11-28T06:00, or how long from now, as 90, 10m, 2h or 1d, not '${text}'`,
    );
  },
);
