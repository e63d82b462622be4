import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { formatMessageId, LAST_RUN, LAST_SEQUENCE } from '../../src/formats/message-id.ts';
import { appendPut, appendPuts, formatKey, messageStart, parseKey, readKey, readRun, readSequence } from '../../src/formats/put-line.ts';
import { anyText } from '../support/any-text.ts';
import { scanned } from '../support/scanned.ts';

interface Put {
  readonly run: number;
  readonly sequence: number;
  readonly key: string | undefined;
  readonly text: string;
}

/** What a put line says, or null if it is none. */
function readPut(body: string): Put | null {
  const bytes = Buffer.from(body);
  const run = readRun(bytes, 0, bytes.length);
  const sequence = run < 0 ? -1 : readSequence(bytes, 0);
  const message = messageStart(bytes, 0, bytes.length);
  if (run < 0 || sequence < 0 || message < 0) return null;
  return { run, sequence, key: readKey(bytes, 0, message), text: bytes.toString('utf8', message) };
}

function putsOf(lines: LineBuffer): (Put | null)[] {
  return scanned(lines.bytes.subarray(0, lines.length)).records.map(readPut);
}

function bytesOf(lines: LineBuffer): string {
  return lines.bytes.toString('utf8', 0, lines.length);
}

const KEYS = ['', 'plain', 'tab\t', 'line\n', 'quote"', '\\', 'é€🎈', '\ud800', '__proto__', 'x'.repeat(1_000)];
const texts = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  anyText(30).map((text) => text.replaceAll('\n', '')),
);
const keys = fc.option(anyText(12), { nil: undefined });

describe('put lines', () => {
  it('are these bytes', () => {
    const lines = new LineBuffer();
    appendPuts(lines, 7, 41, ['{"n":1}', '"é"'], [undefined, 'a\tb']);
    const bodies = ['00000007-0000000041\t\t{"n":1}', '00000007-0000000042\t"a\\tb"\t"é"'];
    const expected = bodies.map((body) => `\n${crc32(Buffer.from(body)).toString(16).padStart(8, '0')}\t${body}\n`).join('');
    expect(lines.bytes.toString('utf8', 0, lines.length)).toBe(expected);
    expect(expected).toBe('\n2736af32\t00000007-0000000041\t\t{"n":1}\n\n5397eacd\t00000007-0000000042\t"a\\tb"\t"é"\n');
  });

  it('are read as they are written, with any key and any text on one line', () => {
    const lines = new LineBuffer();
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: LAST_RUN }),
        fc.integer({ min: 0, max: LAST_SEQUENCE - 10 }),
        fc.array(fc.record({ key: keys, text: texts }), { minLength: 1, maxLength: 8 }),
        (run, first, puts) => {
          appendPuts(
            lines,
            run,
            first,
            puts.map(({ text }) => text),
            puts.map(({ key }) => key),
          );
          expect(putsOf(lines)).toEqual(puts.map((put, index) => ({ run, sequence: first + index, ...put })));
          lines.clear();
        },
      ),
    );
  });

  it('have a key only where one was given', () => {
    const lines = new LineBuffer();
    const given = [undefined, ...KEYS];
    appendPuts(
      lines,
      1,
      1,
      Array.from(given, () => '0'),
      given,
    );
    expect(putsOf(lines).map((put) => put?.key)).toEqual(given);
  });

  it('hold an empty text, tabs, and one that is longer than a buffer', () => {
    const lines = new LineBuffer();
    const given = ['', '\t', 'a\tb\t', '\r', '€'.repeat(400_000), 'x'];
    appendPuts(lines, 1, 1, given);
    expect(putsOf(lines).map((put) => put?.text)).toEqual(given);
  });

  it('follow what is in the buffer already', () => {
    const lines = new LineBuffer();
    lines.append('closed');
    appendPuts(lines, 1, 1, ['"é"']);
    appendPuts(lines, 1, 2, []);
    appendPuts(lines, 1, 2, ['2']);
    expect(scanned(lines.bytes.subarray(0, lines.length)).records).toEqual([
      'closed',
      '00000001-0000000001\t\t"é"',
      '00000001-0000000002\t\t2',
    ]);
  });

  it('are the same bytes however they are appended: one by one or hundreds together, with keys or none, of one run or of many', () => {
    const put = fc.record({ key: keys, text: texts });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(1, 2, LAST_RUN), fc.array(put, { maxLength: 6 })), { maxLength: 6 }), (loads) => {
        const [single, together] = [new LineBuffer(), new LineBuffer()];
        let sequence = LAST_SEQUENCE - 100;
        for (const [run, puts] of loads) {
          for (const [index, { key, text }] of puts.entries()) appendPut(single, run, sequence + index, text, key);
          const some = puts.map(({ text }) => text);
          const isKeyed = puts.some(({ key }) => key !== undefined);
          appendPuts(together, run, sequence, some, isKeyed ? puts.map(({ key }) => key) : undefined);
          sequence += puts.length;
        }
        expect(bytesOf(single)).toBe(bytesOf(together));
      }),
    );
    for (const text of ['x', 'é']) {
      const lines = [new LineBuffer(), new LineBuffer(), new LineBuffer()] as const;
      const some = Array.from({ length: 1_000 }, (_, index) => `${text}${index}`);
      for (const [index, one] of some.entries()) appendPut(lines[0], 3, 7 + index, one, undefined);
      appendPuts(lines[1], 3, 7, some);
      const none = some.map(() => undefined);
      appendPuts(lines[2], 3, 7, some, none);
      expect(putsOf(lines[0])).toEqual(some.map((one, index) => ({ run: 3, sequence: 7 + index, key: undefined, text: one })));
      expect(bytesOf(lines[1]) === bytesOf(lines[0])).toBe(true);
      expect(bytesOf(lines[2]) === bytesOf(lines[0])).toBe(true);
    }
  });

  it('find room in a buffer that is full, whatever they bring', () => {
    for (let left = 0; left < 80; left += 1) {
      for (const [text, key] of [
        ['', undefined],
        ['"é"', 'key'],
      ] as const) {
        const lines = new LineBuffer();
        const before = 'x'.repeat(lines.bytes.length - left - 11);
        lines.append(before);
        appendPut(lines, 1, 2, text, key);
        expect(scanned(lines.bytes.subarray(0, lines.length)).damages, `${left} bytes`).toEqual([]);
        expect(putsOf(lines).slice(1), `${left} bytes`).toEqual([{ run: 1, sequence: 2, key, text }]);
      }
    }
  });

  const id = formatMessageId(1, 2);
  it.each([
    '',
    'closed',
    id,
    `${id}\t`,
    `${id}\t"key"`,
    `${id} \t1`,
    `${id.slice(1)}\t\t1`,
    `x${id.slice(1)}\t\t1`,
    `${id.replace('-', '_')}\t\t1`,
    `done\t${id}`,
  ])('are not %j', (body) => {
    expect(readPut(body)).toBeNull();
  });

  it('have an id and a key only as far as they go, wherever they begin', () => {
    const bytes = Buffer.from(`.......${id}\t\t1`);
    expect([readRun(bytes, 7, 7 + 18), readRun(bytes, 7, 7 + 19)]).toEqual([-1, 1]);
    expect([19, 20, 21].map((length) => messageStart(bytes, 7, 7 + length))).toEqual([-1, -1, 28]);
    expect(readKey(bytes, 7, 28)).toBeUndefined();
  });

  it('do not reach for a tab behind their end', () => {
    const bytes = Buffer.from(`${id}\t"key"\n\n11c0f3a9\tnext`);
    expect(messageStart(bytes, 0, bytes.indexOf(10))).toBe(-1);
    const other = Buffer.from(`${id}\t"key"\t`);
    expect([messageStart(other, 0, other.length - 1), messageStart(other, 0, other.length)]).toEqual([-1, other.length]);
  });
});

describe('a key in a line', () => {
  it('is a JSON string, so that no character of it can end the field or the line', () => {
    for (const key of KEYS) {
      expect(formatKey(key)).not.toMatch(/[\t\n]/);
      expect(parseKey(formatKey(key))).toBe(key);
    }
    expect(formatKey(undefined)).toBe('');
    expect(parseKey('')).toBeUndefined();
  });

  it.each(['plain', '1', 'null', '{"a":1}', '["a"]', '"open', "'a'", '"a" "b"'])('is none if it is %j', (text) => {
    expect(parseKey(text)).toBeUndefined();
  });
});
