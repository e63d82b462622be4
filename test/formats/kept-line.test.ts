import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCarriedOver, formatKeptLine, parseCarriedOver, parseKeptLine } from '../../src/formats/kept-line.ts';
import type { KeptLine } from '../../src/formats/kept-line.ts';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { LAST_RUN, LAST_SEQUENCE } from '../../src/formats/message-id.ts';
import { anyText } from '../support/any-text.ts';

const ID = '00000001-0000000002';
const text = anyText(30);
const line: fc.Arbitrary<KeptLine> = fc.record({
  run: fc.integer({ min: 0, max: LAST_RUN }),
  sequence: fc.integer({ min: 0, max: LAST_SEQUENCE }),
  key: fc.option(text, { nil: undefined }),
  attempts: fc.integer({ min: 0, max: 999_999_999 }),
  forgiven: fc.integer({ min: 0, max: 999_999_999 }),
  error: fc.option(fc.record({ name: text, message: text, stack: text }), { nil: undefined }),
  text: text.map((any) => any.replaceAll('\n', '')),
});

describe('a line about a message that was kept', () => {
  it('is these bytes', () => {
    const lines = new LineBuffer();
    lines.append(
      formatKeptLine({ run: 1, sequence: 2, key: 'k', attempts: 3, forgiven: 1, error: { name: 'Error', message: 'no' }, text: '"é"' }),
    );
    const body = `${ID}\t"k"\t3\t1\t{"name":"Error","message":"no"}\t"é"`;
    expect(lines.bytes.toString('utf8', 0, lines.length)).toBe(`\n${crc32(Buffer.from(body)).toString(16).padStart(8, '0')}\t${body}\n`);
  });

  it('is read as it is written, on one line', () => {
    fc.assert(
      fc.property(line, (kept) => {
        expect(formatKeptLine(kept)).not.toContain('\n');
        expect(parseKeptLine(formatKeptLine(kept))).toEqual(kept);
      }),
    );
  });

  it('has a message that may be empty, or hold tabs', () => {
    for (const message of ['', '\t', 'a\tb', '\t\t\t\t\t']) {
      expect(parseKeptLine(`${ID}\t\t0\t0\t\t${message}`)).toEqual({
        run: 1,
        sequence: 2,
        key: undefined,
        attempts: 0,
        forgiven: 0,
        error: undefined,
        text: message,
      });
    }
  });

  it.each([
    '',
    ID,
    `${ID}\t`,
    `${ID}\t\t0`,
    `${ID}\t\t0\t`,
    `${ID}\t\t0\t0\t`,
    `${ID}\t\t\t0\t\t1`,
    `${ID}\t\t0\t\t\t1`,
    `${ID}\t\t-1\t0\t\t1`,
    `${ID}\t\t1000000000\t0\t\t1`,
    `${ID}\t1\t1`,
    `1-2\t\t0\t0\t\t1`,
    'resumed',
  ])('is not %j', (body) => {
    expect(parseKeptLine(body)).toBeNull();
  });
});

describe('where kept messages come from', () => {
  it('is read as it is written, whatever a directory is called', () => {
    fc.assert(
      fc.property(text, (directory) => {
        const body = formatCarriedOver({ kind: 'resumes', directory });
        expect(body).not.toContain('\n');
        expect(parseCarriedOver(body)).toEqual({ kind: 'resumes', directory });
      }),
    );
    expect(formatCarriedOver({ kind: 'resumes', directory: '/runs/1' })).toBe('resumes\t"/runs/1"');
    expect(parseCarriedOver(formatCarriedOver({ kind: 'resumed' }))).toEqual({ kind: 'resumed' });
  });

  it.each([
    '',
    'resumed ',
    'resumed\t"/runs/1"',
    'resumes',
    'resumes\t',
    'resumes\t/runs/1',
    'resumes\t1',
    'resumes "/runs/1"',
    `${ID}\t\t0\t0\t\t1`,
  ])('is not %j', (body) => {
    expect(parseCarriedOver(body)).toBeNull();
  });
});
