import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isChangedRecord, lacksOneByte } from '../../src/formats/changed-record.ts';
import { records } from '../support/journal-text.ts';

const RECORD = Buffer.from(records('00000001-0000000001\t"key"\t{"order":17,"note":"é"}'));

/** The last line of these bytes, as it is found before blank lines. */
function lastLine(bytes: Buffer): { readonly start: number; readonly end: number } {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 10) end -= 1;
  return { start: bytes.lastIndexOf(10, end - 1) + 1, end };
}

function isChanged(bytes: Buffer): boolean {
  const { start, end } = lastLine(bytes);
  return isChangedRecord(bytes, start, end);
}

describe('a record before blank lines', () => {
  const file = (record: Uint8Array): Buffer => Buffer.concat([Buffer.from(records('before')), record, Buffer.alloc(5, '\n')]);
  const before = records('before').length;

  it('is known for one that was whole, whichever of its bytes was changed, unless that parted it in two', () => {
    for (let at = before; at < before + RECORD.length; at += 1) {
      for (let value = 0; value < 256; value += 1) {
        const bytes = file(RECORD);
        if (bytes[at] === value) continue;
        bytes[at] = value;
        const isParted = value === 10 && lastLine(bytes).end - lastLine(bytes).start < RECORD.length - 3;
        if (!isParted) expect(isChanged(bytes), `byte ${at - before} is ${value}`).toBe(true);
        // Then the two parts are it, together.
        else expect(lacksOneByte(bytes, before + 1, before + RECORD.length - 1), `byte ${at - before} is a newline`).toBe(true);
      }
    }
  });

  it('is not, where it was torn', () => {
    for (let cut = 2; cut < RECORD.length - 2; cut += 1) expect(isChanged(file(RECORD.subarray(0, cut))), `at ${cut}`).toBe(false);
  });

  it('nor is a beginning or an end of one where the file begins or ends: what was there is not known', () => {
    const whole = RECORD.subarray(1, -1);
    const [headless, endless] = [Buffer.from(whole.subarray(1)), Buffer.from(whole.subarray(0, -1))];
    expect(isChangedRecord(headless, 0, headless.length)).toBe(false);
    expect(isChangedRecord(endless, 0, endless.length)).toBe(false);
  });

  it('nor is one of which two bytes were changed, or that lies elsewhere than its checksum says', () => {
    const whole = RECORD.toString().trim();
    const twice = Buffer.from(`${whole[0] === '0' ? '1' : '0'}${whole.slice(1, 8)} ${whole.slice(9)}`);
    expect(lacksOneByte(twice, 0, twice.length)).toBe(false);
    // As if a byte before its first had been another.
    const body = Buffer.from('00000001-0000000001\t\t1');
    const [one, other] = [Buffer.concat([Buffer.from('axxx'), body]), Buffer.concat([Buffer.from('bxxx'), body])];
    const moved = (crc32(body) ^ crc32(one) ^ crc32(other)) >>> 0;
    const line = Buffer.from(`${moved.toString(16).padStart(8, '0')}\t${body.toString()}`);
    expect(lacksOneByte(line, 0, line.length)).toBe(false);
  });

  it('may hold nothing, but not less', () => {
    expect(lacksOneByte(Buffer.from('00000000x'), 0, 9)).toBe(true);
    expect(lacksOneByte(Buffer.from('00000000'), 0, 8)).toBe(false);
  });

  it('nor is what was no record', () => {
    for (const line of ['x', '\0\0\0\0', '0000000', '00000001\t\t', 'not one of ours', `${RECORD.toString().trim().slice(5)}`]) {
      expect(isChanged(file(Buffer.from(`\n${line}\n`))), line).toBe(false);
    }
  });
});
