import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendDone } from '../../src/formats/done-line.ts';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { appendPuts } from '../../src/formats/put-line.ts';
import { anyText } from '../support/any-text.ts';
import { scanned } from '../support/scanned.ts';

const TEXTS = anyText(40).map((text) => text.replaceAll('\n', ' '));

function written(lines: LineBuffer): Buffer {
  return Buffer.from(lines.bytes.subarray(0, lines.length));
}

function sealed(body: string): string {
  return `\n${crc32(Buffer.from(body)).toString(16).padStart(8, '0')}\t${body}\n`;
}

describe('a buffer of lines', () => {
  it('begins and ends each record with a newline of its own', () => {
    const lines = new LineBuffer();
    lines.append('closed');
    lines.append('é\t🎈');
    expect(written(lines).toString()).toBe(sealed('closed') + sealed('é\t🎈'));
  });

  it('gives each batch of a buffer that is used again as it was given, however the batches shrink', () => {
    const lines = new LineBuffer();
    fc.assert(
      fc.property(fc.array(TEXTS, { maxLength: 6 }), (bodies) => {
        for (const body of bodies) lines.append(body);
        expect(scanned(written(lines))).toEqual({ records: bodies, damages: [], scanned: lines.length });
        lines.clear();
        expect(lines.length).toBe(0);
      }),
    );
  });

  // The end of a record was once looked for in what a longer batch had left behind it.
  it('takes nothing of a longer batch before for its own', () => {
    const lines = new LineBuffer();
    for (let length = 400; length >= 0; length -= 1) {
      const texts = [JSON.stringify('ä'.repeat(length)), JSON.stringify('x'.repeat(length))];
      appendPuts(lines, 1, 1, texts);
      appendDone(lines, 1, 1);
      lines.append('closed');
      const bodies = [`00000001-0000000001\t\t${texts[0]}`, `00000001-0000000002\t\t${texts[1]}`, 'done\t00000001-0000000001', 'closed'];
      expect(scanned(written(lines)).records).toEqual(bodies);
      lines.clear();
    }
  });

  it('grows with what it is given, and keeps what is in it', () => {
    const lines = new LineBuffer();
    const bodies = [1, 100, 70_000, 3, 300_000].map((length, index) => String(index).repeat(length));
    for (const body of bodies) lines.append(body);
    expect(scanned(written(lines)).records).toEqual(bodies);
  });

  it('grows no sooner than it has to, and not to thrice a long text', () => {
    const lines = new LineBuffer();
    const { bytes } = lines;
    lines.write('x');
    lines.reserve(bytes.length - 1);
    expect(lines.bytes === bytes).toBe(true);
    lines.reserve(bytes.length);
    expect(lines.bytes === bytes).toBe(false);
    expect(lines.bytes.length).toBe(2 * bytes.length);
    expect(lines.bytes.toString('latin1', 0, 1)).toBe('x');
    lines.write('y'.repeat(2 * 1024 * 1024));
    expect(lines.bytes.length).toBeLessThan(3 * 1024 * 1024);
  });

  it('is the same one for the next batch, unless it was a huge one', () => {
    const lines = new LineBuffer();
    lines.reserve(4 * 1024 * 1024);
    const { bytes } = lines;
    expect(bytes.length).toBe(4 * 1024 * 1024);
    lines.clear();
    expect(lines.bytes === bytes).toBe(true);
    lines.reserve(4 * 1024 * 1024 + 1);
    lines.clear();
    expect(lines.bytes.length).toBe(64 * 1024);
  });

  it('says whether a character is a byte', () => {
    const lines = new LineBuffer();
    expect(lines.write('plain')).toBe(true);
    expect(lines.write('é')).toBe(false);
    expect(lines.write('')).toBe(true);
    expect(written(lines).toString()).toBe('plainé');
  });

  it('finds the end of a record that holds any text', () => {
    const lines = new LineBuffer();
    lines.append('ünï');
    const second = lines.length;
    lines.append('2');
    expect(lines.endOf(0)).toBe(second - 1);
    expect(lines.endOf(second)).toBe(lines.length - 1);
  });

  it('gives back the room that a huge batch took', () => {
    const lines = new LineBuffer();
    lines.append('x'.repeat(5 * 1024 * 1024));
    expect(lines.bytes.length).toBeGreaterThan(5 * 1024 * 1024);
    lines.clear();
    expect(lines.bytes.length).toBe(64 * 1024);
    lines.append('small');
    expect(scanned(written(lines)).records).toEqual(['small']);
  });

  it('writes a long text of the widest characters whole', () => {
    const lines = new LineBuffer();
    const text = '€'.repeat(1_200_000);
    lines.append(text);
    expect(scanned(written(lines)).records).toEqual([text]);
  });
});
