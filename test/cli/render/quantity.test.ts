import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatNumberOf, formatRate } from '../../../src/cli/render/quantity.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [12_345_678, '12,345,678'],
])('writes the count %d as %s', (count, text) => expect(formatCount(count)).toBe(text));

it('says one message and two messages', () => {
  expect([0, 1, 2, 1_000].map((count) => formatNumberOf(count, 'message'))).toEqual([
    '0 messages',
    '1 message',
    '2 messages',
    '1,000 messages',
  ]);
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [99_940, '99.9 kB'],
  [99_960, '100 kB'],
  [999_600, '1.0 MB'],
  [1_234_567_890, '1.2 GB'],
  [5e15, '5000 TB'],
])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it.each([
  [0, '0.0s'],
  [432, '0.4s'],
  [9_949, '9.9s'],
  [9_950, '10s'],
  [59_499, '59s'],
  [59_500, '1m 00s'],
  [185_000, '3m 05s'],
  [3_599_499, '59m 59s'],
  [3_599_500, '1h 00m'],
  [7_620_000, '2h 07m'],
  [86_400_000, '1d 00h'],
  [356_400_000, '4d 03h'],
])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

it.each([
  [0.25, '0.25/s'],
  [12.54, '12.5/s'],
  [1_234.4, '1,234/s'],
])('writes %d a second as %s', (rate, text) => expect(formatRate(rate)).toBe(text));
