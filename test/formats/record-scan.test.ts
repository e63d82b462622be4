import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDoneLine } from '../../src/formats/done-line.ts';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { appendPuts } from '../../src/formats/put-line.ts';
import { isRecord, MAX_RECORD_BYTES, readBytes, scanRecords } from '../../src/formats/record-scan.ts';
import { scanned } from '../support/scanned.ts';

const BODIES = [
  '00000001-0000000001\t\t{"n":1}',
  '00000001-0000000002\t"mon"\t"é € 🎈"',
  formatDoneLine({ kind: 'done', run: 1, sequence: 1, count: 1 }),
  formatDoneLine({ kind: 'failed', run: 1, sequence: 2, attempt: 3, error: { name: 'Error', message: 'no\tway' } }),
  'closed',
];

/** These bodies as records, and where each begins and ends. */
function sealed(bodies: readonly string[]): { bytes: Buffer; edges: number[] } {
  const lines = new LineBuffer();
  const edges = [0];
  for (const body of bodies) {
    lines.append(body);
    edges.push(lines.length);
  }
  return { bytes: Buffer.from(lines.bytes.subarray(0, lines.length)), edges };
}

describe('a scan of records', () => {
  it('finds each, whatever empty lines lie between them', () => {
    const { bytes } = sealed(BODIES);
    expect(scanned(bytes)).toEqual({ records: BODIES, damages: [], scanned: bytes.length });
    const spread = Buffer.concat([Buffer.from('\n\n'), bytes, Buffer.from('\n\n\n')]);
    expect(scanned(spread)).toEqual({ records: BODIES, damages: [], scanned: spread.length });
    expect(scanned(Buffer.alloc(0))).toEqual({ records: [], damages: [], scanned: 0 });
  });

  it('ends behind the record that says so', () => {
    const { bytes, edges } = sealed(BODIES);
    const seen: string[] = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = scanRecords(
      { bytes, view, length: bytes.length },
      { record: (found, start, stop) => seen.push(found.toString('utf8', start, stop)) < 2, damage: () => undefined },
    );
    expect(seen).toEqual(BODIES.slice(0, 2));
    expect(end).toBe(edges[2]);
  });

  it('looks at no byte behind the length that was read', () => {
    const { bytes, edges } = sealed(BODIES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const cut = (edges[2] ?? 0) - 3;
    const seen: string[] = [];
    const end = scanRecords(
      { bytes, view, length: cut },
      { record: (found, start, stop) => void seen.push(found.toString('utf8', start, stop)), damage: () => seen.push('?') },
    );
    expect(seen).toEqual(BODIES.slice(0, 1));
    expect(end).toBe((edges[1] ?? 0) + 1);
  });

  it.each([
    ['all kinds', BODIES],
    ['one width', ['first', 'other', 'third', 'ninth']],
  ])('finds in a part of what is in memory what is found in a copy of that part: records of %s', (_, bodies) => {
    const { bytes } = sealed(bodies);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let length = 0; length <= bytes.length; length += 1) {
      const { records, scanned: done } = scanned(bytes.subarray(0, length));
      const found: string[] = [];
      const sink = {
        record: (from: Buffer, start: number, stop: number) => void found.push(from.toString('utf8', start, stop)),
        damage: () => expect.fail(`${length} bytes hold no damage`),
      };
      expect(scanRecords({ bytes, view, length }, sink), `${length} bytes`).toBe(done);
      expect(found, `${length} bytes`).toEqual(records);
    }
  });

  it('is not needed to tell whether some bytes are one', () => {
    expect(isRecord(readBytes(Buffer.from('00000000\t')))).toBe(true);
    expect(isRecord(readBytes(Buffer.from('cbf43926\t123456789')))).toBe(true);
    for (const text of ['', '00000000', '00000000 ', 'cbf43926 123456789', 'cbf43926\t12345678', 'cbf43927\t123456789'])
      expect(isRecord(readBytes(Buffer.from(text))), text).toBe(false);
    // What lies behind the length does not count.
    expect(isRecord({ ...readBytes(Buffer.from('00000000\t')), length: 8 })).toBe(false);
  });

  it.each([
    'no record at all',
    'deadbeef\tdone\t00000001-0000000001',
    'DEADBEEF\tclosed',
    'closed',
    '12345678',
    '12345678 closed',
    '\0\0\0\0\0\0\0\0\0\0\0\0',
    '\r',
  ])('takes %j for no record, and tells where it lies', (line) => {
    const { bytes } = sealed(['a']);
    const text = Buffer.concat([bytes, Buffer.from(`${line}\n`), bytes]);
    expect(scanned(text)).toEqual({
      records: ['a', 'a'],
      damages: [[bytes.length, bytes.length + Buffer.byteLength(line)]],
      scanned: text.length,
    });
  });

  it('believes a record of nothing at all, if its checksum holds', () => {
    expect(scanned(Buffer.from('\n00000000\t\n'))).toEqual({ records: [''], damages: [], scanned: 11 });
  });

  it('does not believe a record that lost its tab, its case or its end to the next one', () => {
    const { bytes } = sealed(['closed']);
    const text = bytes.toString();
    for (const other of [
      text.replace('\t', ' '),
      text.toUpperCase(),
      text.replace('closed', 'close'),
      text.replace('closed', 'closed\r'),
    ]) {
      expect(scanned(Buffer.from(other)).records, JSON.stringify(other)).toEqual([]);
    }
  });
});

describe('a torn tail', () => {
  it('is no damage, at whatever byte it is torn: what is whole is read', () => {
    const { bytes, edges } = sealed(BODIES);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const whole = edges.filter((edge) => edge > 0 && edge <= cut).length;
      const left = scanned(bytes.subarray(0, cut));
      expect(left.records, `cut at ${cut}`).toEqual(BODIES.slice(0, whole));
      expect(left.damages, `cut at ${cut}`).toEqual([]);
      // What is unfinished may be read again: none of it counts as scanned, but for the newline that it begins with.
      expect(left.scanned - (edges[whole] ?? 0), `cut at ${cut}`).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    ['records', sealed(['next', 'closed']).bytes],
    ['NULs, then records', Buffer.concat([Buffer.alloc(100), sealed(['next', 'closed']).bytes])],
    ['something foreign, then records', Buffer.concat([Buffer.from('{"level":"info"}'), sealed(['next', 'closed']).bytes])],
    ['part of another record, then records', Buffer.concat([sealed(BODIES).bytes.subarray(0, 30), sealed(['next', 'closed']).bytes])],
  ])('takes no record along, whatever follows it: %s', (_, behind) => {
    const { bytes, edges } = sealed(BODIES);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const whole = edges.filter((edge) => edge > 0 && edge <= cut).length;
      const { records, damages } = scanned(Buffer.concat([bytes.subarray(0, cut), behind]));
      expect(records.slice(0, whole), `cut at ${cut}`).toEqual(BODIES.slice(0, whole));
      expect(records.slice(-2), `cut at ${cut}`).toEqual(['next', 'closed']);
      // A record may have lost no more than its last newline: the next one brings it.
      for (const between of records.slice(whole, -2)) expect(BODIES, `cut at ${cut}`).toContain(between);
      expect(damages.length, `cut at ${cut}`).toBeLessThanOrEqual(2);
    }
  });
});

describe('a flipped bit', () => {
  it('costs the record it hits, is told, and leaves its neighbours whole', () => {
    const { bytes, edges } = sealed(BODIES);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const byte = bit >>> 3;
      const flipped = Buffer.from(bytes);
      flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (bit & 7));
      const hit = edges.findLastIndex((edge) => edge <= byte);
      const { records, damages, scanned: end } = scanned(flipped);
      const [start, stop] = [edges[hit] ?? 0, edges[hit + 1] ?? 0];
      const isFirst = byte === start;
      const isLast = byte === stop - 1;
      // The newline before a record, or behind it, is only one of two: nothing is lost but where both are of one record.
      const others = BODIES.filter((_, index) => index !== hit);
      const expected = records.length === BODIES.length ? BODIES : others;
      if (JSON.stringify(records) !== JSON.stringify(expected)) expect(records, `bit ${bit}`).toEqual(expected);
      const isTold = damages.length > 0 || end < flipped.length || records.length === BODIES.length;
      if (!isTold) expect.fail(`bit ${bit} of record ${hit} is lost without a word${isFirst || isLast ? ', at its edge' : ''}`);
    }
  });

  it('is never taken for another record, in any number of bytes', () => {
    const { bytes } = sealed(BODIES);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
        const other = Buffer.from(bytes);
        for (const [at, value] of changes) other[at] = value;
        for (const record of scanned(other).records) expect(BODIES).toContain(record);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a long record', () => {
  it('is read whole, also of millions of bytes', () => {
    const lines = new LineBuffer();
    const text = JSON.stringify('€'.repeat(700_000));
    appendPuts(lines, 1, 1, [text, '2']);
    const { records } = scanned(lines.bytes.subarray(0, lines.length));
    expect(records).toEqual([`00000001-0000000001\t\t${text}`, '00000001-0000000002\t\t2']);
  });

  it('is never as long as what can’t be put in characters of four bytes each', () => {
    expect(MAX_RECORD_BYTES).toBe(64 * 1024 * 1024);
  });
});
