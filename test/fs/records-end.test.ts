import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import type { OpenFile } from '../../src/fs/file-system.ts';
import { recordsEnd } from '../../src/fs/records-end.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { randomNumbers } from '../support/random.ts';
import { scanned } from '../support/scanned.ts';
import { bySize, DEEP } from '../support/sample.ts';

const BODIES = ['00000001-0000000001\t\t{"order":17}', '00000001-0000000002\t"key"\t{"order":4}', '00000001-0000000003\t\t"é"'];

function sealed(bodies: readonly string[]): Buffer {
  const lines = new LineBuffer();
  for (const body of bodies) lines.append(body);
  return Buffer.from(lines.bytes.subarray(0, lines.length));
}

const blank = (bytes: number): Buffer => Buffer.alloc(bytes, '\n');

function opened(bytes: Uint8Array): Promise<OpenFile> {
  return new CrashingDisk({ '/journal': bytes }).process().open('/journal', 'read');
}

/** A file of which only the size and the bytes are asked for. */
function shown(size: number, read: OpenFile['read']): OpenFile {
  const refuse = (): never => {
    throw new TypeError('it is only read');
  };
  return { size: () => size, read, write: refuse, links: refuse, truncate: refuse, syncNow: refuse, sync: refuse, close: refuse };
}

async function endOf(...parts: readonly Uint8Array[]): Promise<number> {
  return recordsEnd(await opened(Buffer.concat(parts)));
}

/** What whoever reads the file up to that end is told. */
async function readOf(...parts: readonly Uint8Array[]): Promise<{ records: readonly string[]; damages: number }> {
  const bytes = Buffer.concat(parts);
  const { records, damages } = scanned(bytes.subarray(0, await endOf(bytes)));
  return { records, damages: damages.length };
}

describe('the records of a file', () => {
  const records = sealed(BODIES);

  it('end with it, if it is not filled ahead: with its last line, torn or not', async () => {
    for (const tail of ['', '\n', '\n0bad', '\nno record\n', '\0\0\0']) {
      const bytes = Buffer.concat([records, Buffer.from(tail)]);
      expect(await endOf(bytes), JSON.stringify(tail)).toBe(tail === '\n' ? records.length : bytes.length);
    }
    expect(await endOf()).toBe(0);
  });

  it('end before the blank lines, however many', async () => {
    for (const bytes of [1, 2, 4095, 4096, 4097, 300_000]) {
      expect(await endOf(records, blank(bytes)), `${bytes} B`).toBe(records.length);
      expect(await endOf(blank(bytes)), `${bytes} B`).toBe(bytes === 1 ? 1 : 0);
    }
    const long = sealed([...BODIES, 'x'.repeat(300_000)]);
    expect(await endOf(long, blank(5000))).toBe(long.length);
  });

  it('are read up to where a file of blank lines without end begins to be none of ours', async () => {
    const bytes = Buffer.concat([records, blank(6_000_000)]);
    expect(await endOf(bytes)).toBe(bytes.length);
  });
});

describe('what was torn over blank lines', () => {
  it('at any byte is passed over without a word, unless it lacks that byte alone', async () => {
    const torn = sealed(['00000001-0000000004\t\t{"torn":true}']);
    const records = sealed(BODIES);
    for (let cut = 0; cut < torn.length - 1; cut += 1) {
      const expected = { records: BODIES, damages: cut === torn.length - 2 ? 1 : 0 };
      expect(await readOf(records, torn.subarray(0, cut), blank(500)), `torn at ${cut}`).toEqual(expected);
    }
    expect((await readOf(records, torn.subarray(0, -1), blank(500))).records).toHaveLength(4);
  });

  it('in sectors costs what lay in those that are missing, and nothing before or behind them', async () => {
    const bodies = Array.from({ length: 60 }, (_, index) => `00000001-${String(index + 1).padStart(10, '0')}\t\t"message ${index}"`);
    const bytes = Buffer.concat([sealed(bodies), blank(4096)]);
    const random = randomNumbers(5);
    for (let round = 0; round < bySize({ quick: 40, slow: 200, deep: 2_000 }); round += 1) {
      const synced = Math.floor(random() * 20);
      const left = Buffer.from(bytes);
      const missing: number[] = [];
      for (let at = Math.ceil(sealed(bodies.slice(0, synced)).length / 512) * 512; at < bytes.length; at += 512) {
        if (random() < 0.4) missing.push(at);
      }
      for (const at of missing) left.fill('\n', at, Math.min(at + 512, bytes.length));
      const expected = bodies.filter((_, index) => {
        const [start, end] = [sealed(bodies.slice(0, index)).length, sealed(bodies.slice(0, index + 1)).length];
        return missing.every((at) => at + 512 <= start + 1 || at >= end - 1);
      });
      expect((await readOf(left)).records, `missing: ${missing.join()}`).toEqual(expected);
    }
  });

  it('may have left NULs among them, where a disk had the length before the bytes', async () => {
    const records = sealed(BODIES);
    for (const [from, to] of [
      [0, 100],
      [100, 612],
      [600, 4096],
    ] as const) {
      const ahead = blank(5000).fill(0, from, to);
      expect(await readOf(records, ahead), `NULs from ${from}`).toEqual({ records: BODIES, damages: 0 });
    }
  });

  it('is told as damage beyond a number of lines that no write of ours tears, and never read in more memory', async () => {
    const lines = Buffer.from(`${'no record\n\n'.repeat(1000)}\n`);
    const { records, damages } = await readOf(sealed(BODIES), lines);
    expect(records).toEqual(BODIES);
    expect(damages).toBeGreaterThan(900);
  });
});

it('Q-25 every changed byte of the last record before blank lines is told, or costs nothing', async () => {
  const records = sealed(BODIES);
  const last = sealed(BODIES.slice(0, -1)).length;
  for (let at = last; at < records.length; at += 1) {
    const values = DEEP
      ? Array.from({ length: 256 }, (_, value) => value)
      : [10, 0, 9, 32, 48, 120, (records[at] ?? 0) ^ 1, (records[at] ?? 0) ^ 64];
    for (const value of values) {
      if (value === records[at]) continue;
      const changed = Buffer.from(records);
      changed[at] = value;
      const read = await readOf(changed, blank(1000));
      const context = `byte ${at - last} changed to ${value}`;
      expect(read.records.slice(0, 2), context).toEqual(BODIES.slice(0, 2));
      if (read.records.length < BODIES.length) expect(read.damages, context).toBeGreaterThan(0);
    }
  }
});

it('what is written while somebody looks is seen up to some record, and nothing behind one that was passed while it was blank', async () => {
  const bodies = Array.from(
    { length: 400 },
    (_, index) => `00000001-${String(index + 1).padStart(10, '0')}\t\t"${'x'.repeat(index % 90)}"`,
  );
  const bytes = Buffer.concat([sealed(bodies), blank(6000)]);
  const random = randomNumbers(7);
  for (let round = 0; round < bySize({ quick: 40, slow: 300, deep: 3_000 }); round += 1) {
    let written = Math.floor(random() * (bytes.length - 6000));
    /** Copies as a kernel does, piece by piece, while the writer goes on. */
    const file = shown(bytes.length, (into, offset, length, position) => {
      const wanted = Math.min(length, bytes.length - position);
      for (let at = 0; at < wanted; at += 64) {
        const piece = Buffer.from(bytes.subarray(position + at, position + Math.min(at + 64, wanted)));
        if (position + at + piece.length > written) piece.fill('\n', Math.max(0, written - position - at));
        into.set(piece, offset + at);
        if (random() < 0.3) written = Math.min(bytes.length, written + Math.floor(random() * 200));
      }
      return wanted;
    });
    const end = recordsEnd(file);
    const into = Buffer.alloc(end);
    file.read(into, 0, end, 0);
    const { records, damages } = scanned(into);
    expect(damages).toEqual([]);
    expect(records).toEqual(bodies.slice(0, records.length));
  }
});

it('a file that is cut off while somebody looks is blank where nothing is any more', async () => {
  const records = sealed(BODIES);
  const file = await opened(records);
  const grown = shown(records.length + 9000, (...wanted) => file.read(...wanted));
  expect(recordsEnd(grown)).toBe(records.length);
});
