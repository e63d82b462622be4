import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isExtension, isMessageName, LONGEST_MESSAGE_NAME, whyUnusable } from '../../src/formats/message-name.ts';
import { anyText } from '../support/any-text.ts';

it.each(['.tsv', '.csv.gz', '.a.b.c', '.7z', '.x-y_z'])('%j is an extension', (text) => expect(isExtension(text)).toBe(true));

it.each(['', 'tsv', '.', '..', '.tsv.', '.t v', '.wip', '.tsv.wip', '.again', '.finished', '.failing', '.helo', '.done', '.failed', '.FAILED', '.a.b.c.d', `.${'x'.repeat(17)}`, './x', '.x/y', '.tsv\n'])(
  '%j is none',
  (text) => expect(isExtension(text)).toBe(false),
); // prettier-ignore

it.each(['a.tsv', '-rf.tsv', 'a b.tsv', 'ä.tsv', '…tsv.tsv', 'a\u0301.tsv', '👩‍💻.tsv', `${'x'.repeat(176)}.tsv`])(
  '%j is a message',
  (name) => {
    expect(isMessageName(name, '.tsv')).toBe(true);
  },
);

it.each([
  ['.tsv', 'nothing but an extension'],
  ['.a.tsv', 'hidden'],
  ['a/b.tsv', 'slash'],
  ['a\\b.tsv', 'slash'],
  ['a\tb.tsv', 'control'],
  ['a\u0085.tsv', 'control'],
  ['\u2066a.tsv', 'direction'],
  ['a\u200f.tsv', 'direction'],
  ['a\ud800.tsv', 'UTF-8'],
  ['\ufffd.tsv', 'UTF-8'],
  [`${'x'.repeat(177)}.tsv`, '180 bytes'],
  [`${'é'.repeat(89)}.tsv`, '180 bytes'],
])('%j is none: %s', (name, why) => {
  expect(whyUnusable(name, '.tsv')).toContain(why);
  expect(isMessageName(name, '.tsv')).toBe(false);
});

it.each([
  ['a.json.error.json', '.json'],
  ['a.json~1835042.error.json', '.json'],
  ['a.json.error.json.error.json', '.json'],
  ['a.error.json.error.json', '.error.json'],
])('%j is none where messages end with %s: a report is called so', (name, extension) => {
  expect(whyUnusable(name, extension)).toContain('report');
  expect(isMessageName(name, extension)).toBe(false);
});

it.each([
  ['a.error.json', '.json'],
  ['a.error.json', '.error.json'],
  ['a.tsv.error.json', '.json'],
])('%j is a message where they end with %s', (name, extension) => expect(isMessageName(name, extension)).toBe(true));

it('what is a message stays in its folder, on one line, within its length', () => {
  fc.assert(
    fc.property(anyText(200), (text) => {
      const name = `${text}.tsv`;
      if (!isMessageName(name, '.tsv')) return;
      expect(name).not.toMatch(/[/\\\0\r\n]/);
      expect(name.startsWith('.')).toBe(false);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(LONGEST_MESSAGE_NAME);
      expect(Buffer.from(name).toString()).toBe(name);
    }),
  );
});
