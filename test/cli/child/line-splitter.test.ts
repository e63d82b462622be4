import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from '../../../src/cli/child/line-splitter.ts';

it('passes whole lines on, and a newline for the last that has none', () => {
  const splitter = new LineSplitter();
  const push = (text: string): string => splitter.push(Buffer.from(text)).toString();
  expect([push('a'), push('b\nc'), push('\n\nd'), splitter.end().toString(), splitter.end().toString()]).toEqual([
    '',
    'ab\n',
    'c\n\n',
    'd\n',
    '',
  ]);
});

it('loses and moves no byte, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.map((byte) => (byte % 3 === 0 ? 10 : byte)))), (chunks) => {
      const splitter = new LineSplitter();
      const pieces = chunks.map((chunk) => splitter.push(Buffer.from(chunk)));
      expect(pieces.every((piece) => piece.length === 0 || piece.at(-1) === 10)).toBe(true);
      const all = Buffer.concat(chunks);
      const tail = all.length > 0 && all.at(-1) !== 10 ? Buffer.from('\n') : Buffer.alloc(0);
      expect(Buffer.concat([...pieces, splitter.end()])).toEqual(Buffer.concat([all, tail]));
    }),
  );
});

it('passes a line without end on in pieces, so that it fills no memory', () => {
  const splitter = new LineSplitter();
  const chunk = Buffer.alloc(60_000, 'x');
  expect([splitter.push(chunk).length, splitter.push(chunk).length, splitter.end().length]).toEqual([0, 120_000, 0]);
});
