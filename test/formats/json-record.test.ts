import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../src/formats/checksum.ts';
import { formatRecord, parseRecord } from '../../src/formats/json-record.ts';

const FORMAT = { name: 'dibs/test', version: 2 };

describe('a record', () => {
  it('is one line of JSON, and is read as it is written', () => {
    const text = formatRecord(FORMAT, { status: 'pending', tries: [1, 2] });
    expect(text).toMatch(/^\{"format":"dibs\/test","version":2,"status":"pending","tries":\[1,2\],"checksum":"[0-9a-f]{8}"\}\n$/);
    expect(parseRecord(FORMAT, text)).toEqual({ kind: 'record', version: 2, fields: { status: 'pending', tries: [1, 2] } });
  });

  it('holds whatever JSON can', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => !['format', 'version', 'checksum', '__proto__'].includes(name)),
          fc.jsonValue(),
        ),
        (fields) => {
          const expected: unknown = JSON.parse(JSON.stringify(fields));
          expect(parseRecord(FORMAT, formatRecord(FORMAT, fields))).toEqual({ kind: 'record', version: 2, fields: expected });
        },
      ),
    );
  });

  it('can’t be given a field that it keeps for itself', () => {
    for (const name of ['format', 'version', 'checksum'])
      expect(() => formatRecord(FORMAT, { [name]: 1 })).toThrow(`A record can't have a field ${name} of its own.`);
  });

  it('shows its version, also a newer one', () => {
    expect(parseRecord({ ...FORMAT, version: 1 }, formatRecord(FORMAT, {}))).toMatchObject({ kind: 'record', version: 2 });
  });

  it('is believed whole or not at all, whatever byte is another', () => {
    const text = formatRecord(FORMAT, { status: 'pending' });
    for (let length = 0; length < text.length; length += 1) expect(parseRecord(FORMAT, text.slice(0, length)).kind).toBe('damaged');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), fc.integer({ min: 1, max: 126 }), (at, change) => {
        const damaged = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ change) + text.slice(at + 1);
        expect(parseRecord(FORMAT, damaged).kind).toBe('damaged');
      }),
    );
  });

  it('is refused with its reason', () => {
    const sealed = (json: string): string => `${json.slice(0, -1)},"checksum":"${checksumOf(json)}"}\n`;
    expect(parseRecord(FORMAT, '')).toEqual({ kind: 'damaged', reason: 'it is empty' });
    const other = formatRecord(FORMAT, {}).replace(/[0-9a-f]{8}"\}/, '00000000"}');
    expect(parseRecord(FORMAT, other)).toEqual({ kind: 'damaged', reason: 'its checksum does not hold' });
    for (const version of ['"2"', '1.5', '-1', 'null'])
      expect(parseRecord(FORMAT, sealed(`{"format":"dibs/test","version":${version}}`))).toMatchObject({ reason: 'it has no version' });
    expect(parseRecord(FORMAT, sealed('{"format":"dibs/test","version":0}'))).toEqual({ kind: 'damaged', reason: 'it has no version' });
  });

  it('is told from somebody else’s file, which makes sense or never looked like one of ours', () => {
    const sealed = (json: string): string => `${json.slice(0, -1)},"checksum":"${checksumOf(json)}"}\n`;
    const foreign = { kind: 'foreign', reason: 'it is not a record of dibs/test' };
    const others = [
      '{}\n',
      '{"name":"my-package","version":"1.0.0"}',
      '[1]',
      'jobs:\n  - name: load everything there is\n',
      sealed('{"format":"other","version":1}'),
      sealed('{not JSON}'),
    ];
    for (const text of others) expect(parseRecord(FORMAT, text), text).toEqual(foreign);
  });

  it('is nothing with more around it', () => {
    const text = formatRecord(FORMAT, {});
    for (const more of [`x${text}`, `${text}x`, `\n${text}`, text + text, `${text}\n`])
      expect(parseRecord(FORMAT, more).kind).toBe('damaged');
  });

  it('is known as one of ours by half of how it begins, whether that stands there or is gone, or by its name and version', () => {
    const [half, none] = ['{"format":"dibs/', 'x'.repeat(16)];
    const damaged = [
      `${half}${none}`,
      none,
      `${none}\0${half.slice(0, 0)}${'\0'.repeat(15)}`,
      `${none}${none}x "dibs/test","version":2`,
      'null',
      '7',
    ];
    for (const text of damaged) expect(parseRecord(FORMAT, text), text).toEqual({ kind: 'damaged', reason: 'it is not a whole record' });
    const foreign = [`${half.slice(0, 15)}${none}x`, `${none}x`, `${none}${none}`, `${none}${none}\0\0`];
    for (const text of foreign) expect(parseRecord(FORMAT, text), text).toMatchObject({ kind: 'foreign' });
  });

  it('is damaged where a power cut left it half, or as NULs', () => {
    const text = formatRecord(FORMAT, { status: 'pending' });
    for (const left of [text.slice(0, 10), '\0'.repeat(text.length), `${text.slice(0, 20)}${'\0'.repeat(20)}`]) {
      expect(parseRecord(FORMAT, left), JSON.stringify(left)).toEqual({ kind: 'damaged', reason: 'it is not a whole record' });
    }
  });
});
