import { LineBuffer } from '../../src/formats/line-buffer.ts';
import type { RecordReader } from '../../src/fs/record-reader.ts';

/** A journal with these records. */
export function sealed(bodies: readonly string[]): Buffer {
  const lines = new LineBuffer();
  for (const body of bodies) lines.append(body);
  return Buffer.from(lines.bytes.subarray(0, lines.length));
}

export interface Read {
  readonly records: string[];
  readonly damages: [offset: number, length: number][];
}

/** Reads on up to `limit`, and checks where each record is said to lie. */
export function readOn(
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
