import { expect, it } from 'vitest';
import { inexactNumber } from '../../src/cli/inexact-number.ts';

it.each([
  ['12345678901234567890', '12345678901234567890'],
  ['{"id":-9007199254740993}', '-9007199254740993'],
  ['[1,1e400]', '1e400'],
  ['{"a":"12345678901234567890 \\" 12345678901234567890","b":12345678901234567891}', '12345678901234567891'],
])('a number that would become another one is found in %s', (json, number) => expect(inexactNumber(json)).toBe(number));

it.each([
  '9007199254740991',
  '"12345678901234567890"',
  '{"12345678901234567890":1.5e300}',
  '[0.1, 3.14159265358979323846]',
  'null',
  'no JSON at all',
])('none is found in %s', (json) => expect(inexactNumber(json)).toBeUndefined());
