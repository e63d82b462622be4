import { expect, it } from 'vitest';
import { formatList, formatListName, parseList, parseListName } from '../../src/doctor/meeting-list.ts';

it('reads what was written', () => {
  const list = { members: ['a-1-00000000', 'b-2-00000000'], files: 50 };
  expect(parseList(formatList(list))).toEqual(list);
  expect(parseListName(formatListName('a-1-00000000'))).toBe('a-1-00000000');
});

it.each(['', '{', 'null', '7', '{}', '{"members":[],"files":0}', '{"members":[1],"files":2}', '{"members":"a","files":2}'])(
  'refuses the text %j',
  (text) => {
    expect(parseList(text)).toBeNull();
  },
);

it('knows other names', () => {
  expect(parseListName('here.a')).toBeNull();
});
