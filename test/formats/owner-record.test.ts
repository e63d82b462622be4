import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAST_OWNER, formatOwner, formatOwnerName, parseOwner, parseOwnerName } from '../../src/formats/owner-record.ts';
import { formatBeat, formatReleased } from '../../src/formats/beating-record.ts';
import type { OwnerRecord } from '../../src/formats/owner-record.ts';
import { checksumOf } from '../../src/formats/checksum.ts';

const RECORD: OwnerRecord = {
  run: 7,
  token: 'e3b0c44298fc1c14',
  host: 'etl-1',
  bootId: '7d0f7a4e-2f6c-4b8e-9f1a-3c5d7e9f1b2d',
  pidNamespace: 'pid:[4026531836]',
  timeNamespace: 'time:[4026531834]',
  pid: 4711,
  startTime: '123456',
  since: '2026-11-21T13:04:05.123Z',
  leaseMs: 30_000,
};

describe("an owner file's name", () => {
  it('is read as it is written', () => {
    for (const number of [1, 9, 10, 4711, LAST_OWNER]) expect(parseOwnerName(formatOwnerName(number))).toBe(number);
  });

  it('is no other name', () => {
    for (const name of [
      'owner',
      'owner.',
      'owner.0',
      'owner.01',
      'owner.1 ',
      'owner.-1',
      'owner.1e3',
      'Owner.1',
      'owner.1.x',
      'xowner.1',
      'owner.100000000',
    ]) {
      expect(parseOwnerName(name), name).toBeNull();
    }
  });
});

describe('an owner file', () => {
  it('is read as it is written', () => {
    expect(parseOwner(formatOwner(RECORD))).toEqual({ beat: '0000000001', released: false, record: RECORD });
  });

  it('keeps its record when a beat, or its release, is written over the first bytes', () => {
    const text = formatOwner(RECORD);
    expect(parseOwner(formatBeat(4711) + text.slice(10))).toEqual({ beat: '0000004711', released: false, record: RECORD });
    expect(parseOwner(formatReleased() + text.slice(10))).toEqual({ beat: 'released__', released: true, record: RECORD });
  });

  it('keeps its record though a beat was torn, and is released by the whole word alone', () => {
    const text = formatOwner(RECORD);
    for (let bytes = 1; bytes < 10; bytes += 1) {
      const torn = formatReleased().slice(0, bytes) + text.slice(bytes);
      expect(parseOwner(torn)).toMatchObject({ released: false, record: RECORD });
    }
  });

  it('has beats of one width, also after ten digits', () => {
    for (const beat of [0, 1, 9_999_999_999, 10_000_000_000, 10_000_000_001]) expect(formatBeat(beat)).toMatch(/^\d{10}$/);
  });

  it('says which thread it is, where that is known', () => {
    for (const record of [RECORD, { ...RECORD, thread: '4712-123460' }]) expect(parseOwner(formatOwner(record))?.record).toEqual(record);
  });

  it('is believed in no other byte', () => {
    const text = formatOwner(RECORD);
    fc.assert(
      fc.property(fc.integer({ min: 10, max: text.length - 1 }), fc.integer({ min: 1, max: 126 }), (at, change) => {
        const damaged = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ change) + text.slice(at + 1);
        expect(parseOwner(damaged)).toBeNull();
      }),
    );
  });

  it('is believed whole or not at all', () => {
    const text = formatOwner(RECORD);
    for (let length = 0; length < text.length; length += 1) expect(parseOwner(text.slice(0, length))).toBeNull();
    expect(parseOwner(`${text}\n`)).toBeNull();
  });

  it('is refused if a field is missing, of another type or out of all reason, though its checksum holds', () => {
    const sealed = (value: unknown): string => `0000000001\n${checksumOf(JSON.stringify(value))}\t${JSON.stringify(value)}\n`;
    for (const run of [1, LAST_OWNER]) expect(parseOwner(sealed({ ...RECORD, run }))).not.toBeNull();
    for (const change of [
      { run: 0 },
      { run: 1.5 },
      { run: LAST_OWNER + 1 },
      { pid: '1' },
      { host: null },
      { leaseMs: 1e12 },
      { leaseMs: 0 },
      { token: undefined },
      { thread: 7 },
    ]) {
      expect(parseOwner(sealed({ ...RECORD, ...change })), JSON.stringify(change)).toBeNull();
    }
  });
});
