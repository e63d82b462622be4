import { expect, it } from 'vitest';
import { seconds, secondsOrNone, wholeNumber } from '../../src/cli/option-values.ts';

it.each(['0', '12', '007'])('reads %s as a whole number', (text) => expect(wholeNumber('--limit', 0)(text)).toBe(Number(text)));

it.each(['', '-1', '1.5', '1e3', 'x', '0x10', ' 1', '9999999999999999'])('refuses %j as a whole number', (text) => {
  expect(() => wholeNumber('--limit', 0)(text)).toThrow(`--limit takes a whole number from 0, not '${text}'`);
});

it('refuses less than the least', () => expect(() => wholeNumber('-j', 1)('0')).toThrow("-j takes a whole number from 1, not '0'"));

it.each([
  ['1', 1_000],
  ['.5', 500],
  ['2.25', 2_250],
  ['0.0001', 1],
  ['2147483', 2_147_483_000],
])('reads %s seconds as %d ms', (text, ms) => expect(seconds('--timeout')(text)).toBe(ms));

it.each(['0', '-1', '', '.', '1s', 'Infinity', '2147484'])('refuses %j as seconds: a timer would fire at once', (text) => {
  expect(() => seconds('--timeout')(text)).toThrow(/^--timeout takes seconds/);
});

it('takes 0 for none where that has a meaning', () => {
  expect(['0', '0.0', '00', '1.5'].map(secondsOrNone('--backoff'))).toEqual([0, 0, 0, 1_500]);
  expect(() => secondsOrNone('--backoff')('')).toThrow(/--backoff/);
});
