import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareIds,
  formatMessageId,
  formatRun,
  formatSequence,
  ID_LENGTH,
  LAST_RUN,
  LAST_SEQUENCE,
  parseMessageId,
  readDigits,
  writeDigits,
} from '../../src/formats/message-id.ts';

const ids = fc.record({ run: fc.integer({ min: 0, max: LAST_RUN }), sequence: fc.integer({ min: 0, max: LAST_SEQUENCE }) });

describe('the id of a message', () => {
  it('is its run and its place in it, in fixed width', () => {
    expect(formatMessageId(3, 42)).toBe('00000003-0000000042');
    expect(formatRun(3)).toBe('00000003');
    expect(formatSequence(42)).toBe('0000000042');
  });

  it('is read as it is written, up to the last one there can be', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(parseMessageId(formatMessageId(id.run, id.sequence))).toEqual(id);
      }),
    );
    const last = formatMessageId(LAST_RUN, LAST_SEQUENCE);
    expect(last).toHaveLength(ID_LENGTH);
    expect(parseMessageId(last)).toEqual({ run: LAST_RUN, sequence: LAST_SEQUENCE });
  });

  it('sorts as text as the messages were put', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const [one, other] = [formatMessageId(a.run, a.sequence), formatMessageId(b.run, b.sequence)];
        expect(Math.sign(compareIds(a, b))).toBe(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
  });

  it.each([
    '',
    '1-1',
    '00000001-000000001',
    '00000001-00000000001',
    '0000001-00000000010',
    '00000001_0000000001',
    '00000001-0000000001\n',
    ' 00000001-0000000001',
    '0000000a-0000000001',
    '00000001-00000000.1',
    '-0000001-0000000001',
    '００００００００-0000000001',
  ])('is not %j', (text) => {
    expect(parseMessageId(text)).toBeNull();
  });
});

describe('digits in bytes', () => {
  it('are read as they are written, at any place and above 31 bits too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LAST_SEQUENCE }), fc.nat(9), (value, offset) => {
        const bytes = Buffer.alloc(offset + 12, 'x');
        writeDigits(bytes, offset, 10, value);
        expect(bytes.toString('latin1', offset, offset + 11)).toBe(`${formatSequence(value)}x`);
        expect(readDigits(bytes, offset, 10)).toBe(value);
      }),
    );
    for (const value of [0x7ffffffe, 0x7fffffff, 0x80000000, LAST_SEQUENCE]) {
      const bytes = Buffer.alloc(10);
      writeDigits(bytes, 0, 10, value);
      expect(readDigits(bytes, 0, 10)).toBe(value);
    }
  });

  it('are none if one byte is no digit', () => {
    for (const text of ['000000000a', '-000000001', '00000/0000', '00000:0000', '00000\t0000', '00000٣000']) {
      expect(readDigits(Buffer.from(text, 'latin1'), 0, 10), text).toBe(-1);
    }
  });
});
