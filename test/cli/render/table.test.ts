import { expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/render/table.ts';
import { clipText, textWidth } from '../../../src/cli/render/text-width.ts';

it('lines up columns of any script, numbers to the right', () => {
  const lines = renderTable(
    [{ title: 'name' }, { title: 'n', align: 'right' }, { title: 'note' }],
    [
      ['ab', '5', 'x'],
      ['値段🦊', '1,000', ''],
      ['é', '12'],
    ],
  );
  expect(lines).toEqual(['name        n  note', 'ab          5  x', '値段🦊  1,000', 'é          12']);
  expect(lines.map((line) => textWidth(line.split(/\d/)[0] ?? '')).slice(1)).toEqual([12, 8, 11]);
});

it.each([
  ['abc', 3],
  ['e\u0301', 1],
  ['値', 2],
  ['🦊', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['\u200b', 0],
  ['ｈ', 2],
])('gives %s its columns', (text, width) => expect(textWidth(text)).toBe(width));

it.each([
  ['short', 10, 'short'],
  ['exactly', 7, 'exactly'],
  ['too long', 5, 'too …'],
  ['値段値', 4, '値…'],
  ['値段値', 5, '値段…'],
  ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
])('clips %s to %d columns', (text, width, clipped) => {
  expect(clipText(text, width)).toBe(clipped);
  expect(textWidth(clipText(text, width))).toBeLessThanOrEqual(width);
});
