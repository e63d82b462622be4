import { expect, it } from 'vitest';
import { formatTakes, parseTake, parseTakes } from '../../src/doctor/race-take.ts';

const TAKE = { racer: 'a', won: [0, 2], lied: [2], odd: ['EIO'] };

it('reads what was written', () => {
  expect(parseTakes(formatTakes([TAKE, { ...TAKE, racer: 'b' }]))).toEqual([TAKE, { ...TAKE, racer: 'b' }]);
  expect(parseTakes('[]')).toEqual([]);
});

it.each([null, 7, {}, { ...TAKE, racer: 1 }, { ...TAKE, won: ['0'] }, { ...TAKE, lied: [0.5] }, { ...TAKE, odd: [1] }])(
  'refuses %j',
  (value) => {
    expect(parseTake(value)).toBeNull();
    expect(parseTakes(JSON.stringify([TAKE, value]))).toBeNull();
  },
);

it.each(['', '{', '{}', '[', JSON.stringify([TAKE]).slice(0, -3)])('refuses the text %j', (text) => {
  expect(parseTakes(text)).toBeNull();
});
