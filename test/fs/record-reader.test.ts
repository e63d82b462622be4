import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { OpenFile } from '../../src/fs/file-system.ts';
import { RecordReader } from '../../src/fs/record-reader.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { readOn, sealed } from '../support/read-records.ts';

/** What is read at a time. */
const CHUNK = 256 * 1024;

async function opened(bytes: Uint8Array): Promise<OpenFile> {
  return new CrashingDisk({ '/journal': bytes }).process().open('/journal', 'read');
}

describe('a reader of records', () => {
  it.each([
    ['none', []],
    ['short ones', Array.from({ length: 20_000 }, (_, index) => `record ${index}`)],
    ['one that ends a byte before a chunk does', ['x'.repeat(CHUNK - 12), 'next']],
    ['one that ends with a chunk', ['x'.repeat(CHUNK - 11), 'next']],
    ['one whose last newline is in the next chunk', ['x'.repeat(CHUNK - 10), 'next']],
    ['one that is longer than a chunk', ['before', 'é'.repeat(CHUNK), 'behind']],
    [
      'one of many chunks, and short ones after it',
      ['before', 'x'.repeat(5_000_000), ...Array.from({ length: 100 }, (_, index) => `record ${index}`), '€'.repeat(900_000), 'last'],
    ],
  ])('gives each, in order, from front to back: %s', async (_, bodies) => {
    const bytes = sealed(bodies);
    const reader = new RecordReader(await opened(bytes));
    const { records, damages } = readOn(reader, Number.POSITIVE_INFINITY);
    expect(records.length).toBe(bodies.length);
    expect(records.findIndex((record, index) => record !== bodies[index])).toBe(-1);
    expect(damages).toEqual([]);
    expect([reader.position, reader.unfinished]).toEqual([bytes.length, 0]);
  });

  it('gives them all, whatever their lengths around those of a chunk', async () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: CHUNK - 40, max: CHUNK + 40 }), fc.constant(3 * CHUNK));
    await fc.assert(
      fc.asyncProperty(fc.array(lengths, { maxLength: 6 }), fc.nat(40), async (all, torn) => {
        const bodies = all.map((length, index) => String(index % 10).repeat(length));
        const bytes = Buffer.concat([sealed(bodies), Buffer.from('\nabcdef01\ttorn').subarray(0, Math.min(torn, 13))]);
        const reader = new RecordReader(await opened(bytes));
        const { records, damages } = readOn(reader, Number.POSITIVE_INFINITY);
        expect(records.map((record) => record.length)).toEqual(bodies.map((body) => body.length));
        expect(damages).toEqual([]);
        expect(reader.position + reader.unfinished).toBe(bytes.length);
      }),
      { numRuns: 15 },
    );
  });

  it('searches what was read once, also in a line that has no end', async () => {
    const size = 24 * CHUNK;
    const reader = new RecordReader(await opened(new Uint8Array(size)));
    const indexOf = vi.spyOn(Buffer.prototype, 'indexOf');
    let searched = 0;
    indexOf.mockImplementation(function (this: Buffer, _value, from) {
      searched += this.length - Number(from ?? 0);
      return -1;
    });
    try {
      readOn(reader, Number.POSITIVE_INFINITY);
    } finally {
      indexOf.mockRestore();
    }
    expect([reader.unfinished, searched]).toEqual([size, size]);
  });

  it('begins in the middle of a file', async () => {
    const bytes = sealed(['first', 'second', 'third']);
    const reader = new RecordReader(await opened(bytes), sealed(['first']).length);
    expect(readOn(reader, Number.POSITIVE_INFINITY).records).toEqual(['second', 'third']);
  });

  it('stops behind the record that is said to be enough, and goes on from there', async () => {
    const bodies = Array.from({ length: 10 }, (_, index) => `record ${index}`);
    const reader = new RecordReader(await opened(sealed(bodies)));
    const read = readOn(reader, Number.POSITIVE_INFINITY, undefined, ({ records }) => records.length >= 3);
    expect(reader.position).toBe(sealed(bodies.slice(0, 3)).length);
    expect(readOn(reader, Number.POSITIVE_INFINITY, read).records).toEqual(bodies);
  });
});

describe('a limit', () => {
  it('is gone up to and not beyond, at whatever byte of a record it lies', async () => {
    const bodies = ['first', 'second'];
    const bytes = sealed(bodies);
    const edges = [sealed(['first']).length, bytes.length];
    for (let limit = 0; limit <= bytes.length; limit += 1) {
      const reader = new RecordReader(await opened(bytes));
      const { records, damages } = readOn(reader, limit);
      const whole = edges.filter((edge) => edge <= limit).length;
      expect(records, `limit ${limit}`).toEqual(bodies.slice(0, whole));
      expect(damages, `limit ${limit}`).toEqual([]);
      expect(reader.position + reader.unfinished, `limit ${limit}`).toBe(limit);
      // What was left at the limit is there when it is moved on: that is how a journal is read that still grows.
      expect(readOn(reader, bytes.length).records, `limit ${limit}`).toEqual(bodies.slice(whole));
    }
  });

  it('may lie in a record that is longer than a chunk', async () => {
    const bytes = sealed(['x'.repeat(3 * CHUNK), 'next']);
    const reader = new RecordReader(await opened(bytes));
    expect(readOn(reader, 2 * CHUNK + 17)).toEqual({ records: [], damages: [] });
    expect(reader.position + reader.unfinished).toBe(2 * CHUNK + 17);
    expect(readOn(reader, bytes.length).records.map((record) => record.length)).toEqual([3 * CHUNK, 4]);
  });

  it('may be far behind the end of the file', async () => {
    const reader = new RecordReader(await opened(sealed(['only'])));
    expect(readOn(reader, 1e15).records).toEqual(['only']);
    expect(readOn(reader, 1e15).records).toEqual([]);
  });
});

describe('damage', () => {
  it('is told with its place in the file, also chunks away from its start', async () => {
    const [before, behind] = [sealed(['a', 'x'.repeat(CHUNK), 'b']), sealed(['c', 'y'.repeat(CHUNK), 'd'])];
    const broken = Buffer.from('\nthis is no record\n');
    const reader = new RecordReader(await opened(Buffer.concat([before, broken, behind, broken])));
    const { records, damages } = readOn(reader, Number.POSITIVE_INFINITY);
    expect(records.map((record) => record.slice(0, 1))).toEqual(['a', 'x', 'b', 'c', 'y', 'd']);
    expect(damages).toEqual([
      [before.length + 1, broken.length - 2],
      [before.length + broken.length + behind.length + 1, broken.length - 2],
    ]);
  });

  it('costs one record where a bit of a long one is flipped in any of its chunks', async () => {
    const bytes = sealed(['a', 'x'.repeat(2 * CHUNK), 'b']);
    for (const at of [30, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK]) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const { records, damages } = readOn(new RecordReader(await opened(flipped)), Number.POSITIVE_INFINITY);
      expect(records).toEqual(['a', 'b']);
      expect(damages).toEqual([[sealed(['a']).length + 1, 2 * CHUNK + 9]]);
    }
  });
});

describe('the end of a file', () => {
  it('is torn anywhere without a word, but for a record that lacks its last newline alone: that byte was changed', async () => {
    const bytes = sealed(['first', 'second']);
    for (let cut = sealed(['first']).length; cut < bytes.length; cut += 1) {
      expect(readOn(new RecordReader(await opened(bytes.subarray(0, cut))), Number.POSITIVE_INFINITY), `cut at ${cut}`).toEqual({
        records: ['first'],
        damages: [],
      });
    }
    const changed = Buffer.concat([bytes.subarray(0, -1), Buffer.from('\v')]);
    const { records, damages } = readOn(new RecordReader(await opened(changed)), Number.POSITIVE_INFINITY);
    expect(records).toEqual(['first']);
    expect(damages).toEqual([[sealed(['first']).length + 1, sealed(['second']).length - 1]]);
  });
});

describe('memory', () => {
  it('does not grow with a file, nor stay large behind a long record', async () => {
    const reader = new RecordReader(
      await opened(sealed(['x'.repeat(6_000_000), ...Array.from({ length: 40_000 }, (_, index) => `record ${index}`)])),
    );
    const sizes: number[] = [];
    const seen = (bytes: Buffer): void => void sizes.push(bytes.length);
    while (reader.next(Number.POSITIVE_INFINITY, seen, () => undefined));
    expect(sizes[0]).toBeGreaterThan(6_000_000);
    expect(sizes.at(-1)).toBeLessThanOrEqual(2 * CHUNK);
  });
});
