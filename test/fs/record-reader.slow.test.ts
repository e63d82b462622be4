import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { MAX_RECORD_BYTES } from '../../src/formats/record-scan.ts';
import { RecordReader } from '../../src/fs/record-reader.ts';

function sealed(bodies: readonly string[]): Buffer {
  const lines = new LineBuffer();
  for (const body of bodies) lines.append(body);
  return Buffer.from(lines.bytes.subarray(0, lines.length));
}

interface Read {
  readonly records: string[];
  readonly damages: [offset: number, length: number][];
}

/** Reads on up to `limit`, and checks where each record is said to lie. */
function readOn(
  reader: RecordReader,
  limit: number,
  into: Read = { records: [], damages: [] },
  isEnough: (read: Read) => boolean = () => false,
): Read {
  for (let more = true; more;) {
    more = reader.next(
      limit,
      (bytes, start, end) => {
        into.records.push(bytes.toString('utf8', start, end));
        return !isEnough(into);
      },
      (offset, length) => void into.damages.push([offset, length]),
    );
    if (isEnough(into)) break;
  }
  return into;
}

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
