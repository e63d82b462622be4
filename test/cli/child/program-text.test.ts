import { expect, it } from 'vitest';
import { PermanentError } from '../../../src/errors.ts';
import { ProgramText } from '../../../src/cli/child/program-text.ts';

function valueOf(...pieces: readonly (string | Buffer)[]): unknown {
  const text = new ProgramText();
  for (const piece of pieces) text.push(Buffer.from(piece));
  return text.value();
}

it.each([
  ['{"a":1}\n', { a: 1 }],
  [' 7 \n', 7],
  ['"text"\n', 'text'],
  ['null\n', null],
  ['', null],
  ['\n\n', null],
  ['two words\n', 'two words'],
  ['two lines\r\nof text\r\n', 'two lines\r\nof text'],
  ['{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":2}'],
])('takes %j for %j', (text, value) => {
  expect(valueOf(text)).toEqual(value);
});

it('puts pieces together before it reads them, a character that was cut too', () => {
  const bytes = Buffer.from('"für"');
  expect(valueOf(bytes.subarray(0, 3), bytes.subarray(3))).toBe('für');
});

it('refuses what no record should hold, and another try would not help', () => {
  const text = new ProgramText();
  const piece = Buffer.alloc(1024 * 1024, 'x');
  for (let pieces = 0; pieces < 4; pieces += 1) text.push(piece);
  expect(() => text.push(Buffer.from('x'))).toThrow(PermanentError);
});
