import { describe, expect, it } from 'vitest';
import { MAX_RECORD_BYTES } from '../../src/formats/record-scan.ts';
import { RecordReader } from '../../src/fs/record-reader.ts';
import { readOn, sealed } from '../support/read-records.ts';

describe('memory', () => {
  it('holds no line that is longer than a record can be: it is told as damage, and reading goes on', { timeout: 60_000 }, () => {
    const tail = sealed(['behind']);
    const size = MAX_RECORD_BYTES + 1000 + tail.length;
    // A file of one letter, of which only the end is kept.
    const file = {
      read(bytes: Uint8Array, offset: number, length: number, position: number): number {
        const read = Math.max(0, Math.min(length, size - position));
        bytes.fill(120, offset, offset + read);
        for (let at = Math.max(position, size - tail.length); at < position + read; at += 1)
          bytes[offset + at - position] = tail[at - size + tail.length] ?? 0;
        return read;
      },
    };
    const reader = new RecordReader(Object.assign(Object.create(null), file));
    const { records, damages } = readOn(reader, Number.POSITIVE_INFINITY);
    expect(records).toEqual(['behind']);
    expect(damages[0]).toEqual([0, MAX_RECORD_BYTES]);
    expect(damages.reduce((sum, [, length]) => sum + length, 0)).toBe(MAX_RECORD_BYTES + 1000);
  });
});
