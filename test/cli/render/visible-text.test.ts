import { expect, it } from 'vitest';
import { formatSentence, formatValue } from '../../../src/cli/render/visible-text.ts';

it.each([
  ['plain text', 'plain text'],
  [' with spaces ', ' with spaces '],
  ['-rf', '-rf'],
  ['größer 🦊 値', 'größer 🦊 値'],
  ['"quoted"', '"quoted"'],
  ['', '""'],
  ['two\nlines', String.raw`"two\nlines"`],
  ['\u001b[2J', String.raw`"\u001b[2J"`],
  ['\u009b2J', String.raw`"\u009b2J"`],
  ['gnp.\u202eexe', String.raw`"gnp.\u202eexe"`],
  ['half \ud800', String.raw`"half \ud800"`],
  [0, '0'],
  [false, 'false'],
  [null, 'null'],
  [{ a: ['x\ny', '\u2028'] }, String.raw`{"a":["x\ny","\u2028"]}`],
])('shows %j as %s: one line that can do nothing to a terminal', (value, text) => expect(formatValue(value)).toBe(text));

it('shows what it escaped in a way that JSON reads back', () => {
  for (const value of ['\u009b\u202e\u2066', 'a\u0000b\u007f', '\udfff']) expect(JSON.parse(formatValue(value))).toBe(value);
});

it('puts a sentence of several lines on one', () => {
  expect(formatSentence(' first\r\n   second\n\nthird\u001b[31m ')).toBe(String.raw`first second third\u001b[31m`);
});
