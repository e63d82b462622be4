import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnserialisableValueError } from '../../src/errors.ts';
import { decodeValue, encodeValue } from '../../src/formats/codec.ts';
import type { Codec } from '../../src/formats/codec.ts';
import { MAX_RECORD_BYTES } from '../../src/formats/record-scan.ts';

const upper: Codec<string> = { encode: (value) => value.toUpperCase(), decode: (text) => text.toLowerCase() };

function giving(text: unknown): Codec<unknown> {
  // What is not typed may give anything.
  return Object.assign(Object.create(null), { encode: () => text, decode: () => text });
}

describe('the text of a value', () => {
  it('is JSON on one line, unless there is a codec', () => {
    expect(encodeValue(undefined, { a: ['é\n', '\ud800'] })).toBe('{"a":["é\\n","\\ud800"]}');
    expect(encodeValue(upper, 'abc')).toBe('ABC');
    expect(encodeValue({ encode: () => '', decode: () => '' }, 'abc')).toBe('');
  });

  it('is what the value is read from again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = encodeValue(undefined, value);
        expect(text).not.toContain('\n');
        expect(decodeValue(undefined, text)).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });

  it('is refused with one error, whatever the codec does wrong', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const throwing: Codec<unknown> = {
      encode: () => {
        throw new RangeError('no');
      },
      decode: () => undefined,
    };
    for (const value of [undefined, () => 1, Symbol('s'), 1n, loop])
      expect(() => encodeValue(undefined, value)).toThrow(UnserialisableValueError);
    for (const text of [undefined, 7, null, Buffer.from('a'), 'a\nb', '\n', '\ud800', 'a\udc00b']) {
      expect(() => encodeValue(giving(text), 1), String(text)).toThrow(UnserialisableValueError);
    }
    expect(() => encodeValue(throwing, 1)).toThrow(
      expect.objectContaining({ code: 'ERR_UNSERIALISABLE_VALUE', cause: expect.any(RangeError) }),
    );
  });

  it('is refused with what was wrong', () => {
    const why = (codec: Codec<unknown> | undefined, value: unknown): unknown => {
      try {
        return encodeValue(codec, value);
      } catch (error) {
        return error instanceof Error ? error.message.replace(/\. Give .*/, '') : error;
      }
    };
    expect(why(undefined, () => 1)).toBe("The value can't be written down: a function has no text");
    expect(why(undefined, { toJSON: () => undefined })).toBe("The value can't be written down: an object has no text");
    expect(why(giving('a\n'), 1)).toBe("The value can't be written down: the codec gave a text with a line feed or half a surrogate pair");
    expect(why(giving('x'.repeat(16_777_217)), 1)).toBe(
      "The value can't be written down: its text has 16777217 characters, of at most 16777216",
    );
  });

  it('is never longer than what a reader believes', () => {
    const longest = 'x'.repeat(MAX_RECORD_BYTES / 4);
    expect(encodeValue(giving(longest), 1)).toBe(longest);
    expect(() => encodeValue(giving(`${longest}x`), 1)).toThrow(/characters/);
  });
});

describe('a value', () => {
  it('that can’t be read says why', () => {
    expect(decodeValue(undefined, '{')).toEqual({ ok: false, error: expect.any(SyntaxError) });
    expect(decodeValue(giving(undefined), 'any')).toEqual({ ok: true, value: undefined });
  });
});
