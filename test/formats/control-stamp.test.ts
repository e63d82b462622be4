import { expect, it } from 'vitest';
import { formatStamp, parseStamp } from '../../src/formats/control-file.ts';

it('reads a stamp back to the millisecond', () => {
  const time = new Date('2026-11-21T13:04:05.123Z');
  expect(formatStamp(time, 456)).toBe('20261121_130405_123456');
  expect(parseStamp('20261121_130405_123456')).toEqual(time);
});

it.each([
  '',
  '20261121',
  '20261321_130405_123456',
  '20261121_990405_123456',
  '20261121_130405_123',
  'x20261121_130405_123456',
  '20261121_130405_1234567',
  ' 20261121_130405_123456',
  '20261121_130405_123456\n',
])('takes %j for no time', (stamp) => {
  expect(parseStamp(stamp)).toBeNull();
});
