import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonList, ListInPlace } from '../../src/formats/json-list.ts';

function listOf(texts: readonly string[]): JsonList {
  const list = new JsonList();
  for (const text of texts) list.add(text);
  return list;
}

/** The same, gathered where they lie in a buffer, as lines of a journal do; null if one of them can't be in a list. */
function gathered(texts: readonly string[]): JsonList | null {
  const bytes = Buffer.from(texts.map((text) => `\n________\t${text}\n`).join(''));
  const list = new ListInPlace();
  let at = 0;
  for (const text of texts) {
    const start = at + 10;
    const end = start + Buffer.byteLength(text);
    if (!ListInPlace.takes(bytes, start, end)) return null;
    list.add(bytes, start, end);
    at = end + 1;
  }
  return JsonList.of(list.take(), texts.length);
}

const json = fc.oneof(fc.jsonValue(), fc.string({ unit: 'grapheme' })).map((value) => JSON.stringify(value));

describe('values that are read together', () => {
  it('are those that are read one by one', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 20 }), (texts) => {
        const values = texts.map((text): unknown => JSON.parse(text));
        for (const list of [listOf(texts), gathered(texts)]) {
          expect(list?.values()).toEqual(values);
          expect(texts.map((_, index) => list?.at(index))).toEqual(texts);
        }
      }),
    );
  });

  it.each([
    [['1', '{', '2']],
    [['"']],
    [['1', '"']],
    [['']],
    [['1', '', '2']],
    [['1,2', '3']],
    [['1', '2,']],
    [['1] [2']],
    [['"a', 'b"', '1']],
    [['1', '2 3']],
  ])('are read one by one if one of %j is no JSON of its own', (texts) => {
    expect(listOf(texts).values()).toBeNull();
    expect(gathered(texts)?.values() ?? null).toBeNull();
  });

  it.each([
    [['1,"a', 'b"']],
    [['[1', '2],3']],
    [['"x","y', '"']],
    [['"', ',"', '"']],
    [['[1', '[2]],[3]']],
    [['{"a":1', '"b":2}']],
    [['[']],
  ])('are read one by one where one of %j ends in another: as many values prove nothing', (texts) => {
    expect(listOf(texts).values()).toBeNull();
    expect(gathered(texts)).toBeNull();
  });

  it('are as many as were added', () => {
    const list = listOf(['1', '[2,3]']);
    expect([list.length, list.at(1), list.at(2), list.at(-1)]).toEqual([2, '[2,3]', '', '']);
    list.add('"4"');
    expect([list.length, list.values()]).toEqual([3, [1, [2, 3], '4']]);
    const joined = JsonList.of('[1,\n2]', 2);
    joined.add('3');
    expect([joined.length, joined.at(0), joined.values()]).toEqual([3, '1', [1, 2, 3]]);
    expect(JsonList.of('[1,2]', 3).values()).toBeNull();
  });

  it('leave each text as it was, whatever is read', () => {
    const text = fc.oneof(json, fc.constantFrom('', 'é', '[', 'true ', '"', '7'));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 9 }), (texts) => {
        const list = gathered(texts);
        if (list !== null) expect(texts.map((_, index) => list.at(index))).toEqual(texts);
      }),
    );
  });
});

describe('a list that is gathered', () => {
  it('begins anew when it was taken', () => {
    const bytes = Buffer.from('\n\t"a"\n\n\t22\n\n\t[3]\n');
    const list = new ListInPlace();
    list.add(bytes, 2, 5);
    list.add(bytes, 8, 10);
    expect([list.length, list.take(), list.length, list.take()]).toEqual([8, '["a",\n22]', 0, '[]']);
    list.add(bytes, 13, 16);
    expect(list.take()).toBe('[[3]]');
  });
});
