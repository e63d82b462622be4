import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf, crc32, hasChecksum, isOneByteChange, readChecksum, writeChecksum } from '../../src/formats/checksum.ts';
import { anyText } from '../support/any-text.ts';

function crc(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return crc32(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, end);
}

describe('the checksum', () => {
  it('is the CRC-32 of zip and PNG', () => {
    expect(checksumOf('123456789')).toBe('cbf43926');
    expect(checksumOf('')).toBe('00000000');
  });

  it('is what zlib says, of any bytes from anywhere in a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(20), (bytes, before, behind) => {
        const around = new Uint8Array(before + bytes.length + behind).fill(0xaa);
        around.set(bytes, before);
        expect(crc(around, before, before + bytes.length) >>> 0).toBe(zlibCrc32(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('is that of the UTF-8 of a text, in eight lowercase digits', () => {
    fc.assert(
      fc.property(anyText(60), (text) => {
        expect(checksumOf(text)).toBe(zlibCrc32(Buffer.from(text)).toString(16).padStart(8, '0'));
      }),
    );
  });

  it('leaves no byte and no bit out', () => {
    const bytes = Uint8Array.from({ length: 33 }, (_, index) => index * 7);
    const whole = crc(bytes);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(crc(flipped)).not.toBe(whole);
    }
  });
});

describe('a written checksum', () => {
  it('is known again, in its place and as this very number', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(5), (value, offset) => {
        const bytes = new Uint8Array(offset + 8);
        writeChecksum(bytes, offset, value);
        expect(Buffer.from(bytes.subarray(offset)).toString()).toBe((value >>> 0).toString(16).padStart(8, '0'));
        expect(hasChecksum(bytes, offset, value)).toBe(true);
        for (let bit = 0; bit < 32; bit += 1) expect(hasChecksum(bytes, offset, value ^ (1 << bit))).toBe(false);
      }),
    );
  });

  it('is no other spelling of it, and no other byte', () => {
    const value = 0xabcdef01;
    expect(hasChecksum(Buffer.from('abcdef01'), 0, value)).toBe(true);
    for (const text of ['ABCDEF01', 'abcdeF01', 'abcdef0', 'abcdef0 ', ' abcdef0', 'abcdef0g', '\0\0\0\0\0\0\0\0']) {
      expect(hasChecksum(Buffer.from(text.padEnd(8, '\0')), 0, value), JSON.stringify(text)).toBe(false);
    }
    for (let byte = 0; byte < 256; byte += 1) expect(hasChecksum(Buffer.from([byte, ...Buffer.from('0000000')]), 0, 0)).toBe(byte === 0x30);
  });
});

describe('the difference of two checksums', () => {
  it('is that of one byte wherever one byte was changed, and within that length alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, place, change) => {
        const at = place % bytes.length;
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ change);
        const difference = crc(bytes) ^ crc(changed);
        expect(isOneByteChange(difference, bytes.length)).toBe(true);
        expect(isOneByteChange(difference, bytes.length - at - 1)).toBe(false);
      }),
    );
  });

  it('is not, where two were', () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, index) => index);
    for (let at = 0; at < 199; at += 1) {
      const changed = bytes.with(at, at ^ 0x55).with(at + 1, (at + 1) ^ 0xaa);
      expect(isOneByteChange(crc(bytes) ^ crc(changed), bytes.length), `at ${at}`).toBe(false);
    }
  });
});

it('a checksum that was written is read with how many of its digits are wrong', () => {
  const bytes = Buffer.from('xcbf43926x');
  const crc = 0xcbf43926 | 0;
  expect(readChecksum(bytes, 1, crc)).toEqual({ checksum: crc, wrong: 0 });
  expect(readChecksum(bytes, 1, crc ^ 0xf0)).toEqual({ checksum: crc, wrong: 1 });
  expect(readChecksum(bytes, 1, ~crc)).toEqual({ checksum: crc, wrong: 8 });
  expect(readChecksum(Buffer.from('00f00d00'), 0, 0x00f00d00)).toEqual({ checksum: 0x00f00d00, wrong: 0 });
  expect(readChecksum(bytes, 0, crc)).toMatchObject({ checksum: null });
  expect(readChecksum(Buffer.from('cbF43926'), 0, crc)).toEqual({ checksum: null, wrong: 1 });
});
