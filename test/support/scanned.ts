import { scanRecords } from '../../src/formats/record-scan.ts';

/** What a scan of these bytes finds. */
export interface Scanned {
  /** The bodies of the records whose checksums hold, as text. */
  readonly records: readonly string[];
  /** Where the others begin and end. */
  readonly damages: readonly (readonly [start: number, end: number])[];
  /** How many bytes the scan is done with: behind it lies an unfinished line. */
  readonly scanned: number;
}

/** Scans bytes at once, as if they were all that a file holds. */
export function scanned(bytes: Uint8Array): Scanned {
  const buffer = Buffer.from(bytes);
  const records: string[] = [];
  const damages: [number, number][] = [];
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const done = scanRecords(
    { bytes: buffer, view, length: buffer.length },
    {
      record: (found, start, end) => void records.push(found.toString('utf8', start, end)),
      damage: (start, end) => void damages.push([start, end]),
    },
  );
  return { records, damages, scanned: done };
}
