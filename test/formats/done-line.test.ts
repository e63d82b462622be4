import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendDone, formatDoneLine, MAX_DONE, MAX_TAKEN, parseDoneLine, readDoneLine } from '../../src/formats/done-line.ts';
import type { DoneLine } from '../../src/formats/done-line.ts';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { LAST_RUN, LAST_SEQUENCE } from '../../src/formats/message-id.ts';
import { anyText } from '../support/any-text.ts';
import { scanned } from '../support/scanned.ts';

const AT = { run: 3, sequence: 42 };
const ID = '00000003-0000000042';
const EACH: readonly (readonly [DoneLine, string])[] = [
  [{ kind: 'done', ...AT, count: 1 }, `done\t${ID}`],
  [{ kind: 'done', ...AT, count: 2 }, `done\t${ID}\t2`],
  [{ kind: 'done', ...AT, count: MAX_DONE }, `done\t${ID}\t${MAX_DONE}`],
  [{ kind: 'taken', ...AT, attempt: 2, count: 5 }, `taken\t${ID}\t2\t5`],
  [{ kind: 'released', ...AT, attempt: 2 }, `released\t${ID}\t2`],
  [
    { kind: 'failed', ...AT, attempt: 3, error: { name: 'Error', message: 'a\tb\nc' } },
    `failed\t${ID}\t3\t{"name":"Error","message":"a\\tb\\nc"}`,
  ],
  [{ kind: 'retried', ...AT, attempt: 3 }, `retried\t${ID}\t3`],
  [{ kind: 'closed' }, 'closed'],
  [{ kind: 'read', file: 'queue.00000001.0000000001.put.tsv', bytes: 4096 }, 'read\tqueue.00000001.0000000001.put.tsv\t4096'],
  [{ kind: 'gone', ...AT, count: 7, total: 19 }, `gone\t${ID}\t7\t19`],
];

const count = fc.integer({ min: 0, max: 1e15 - 1 });
const id = { run: fc.integer({ min: 0, max: LAST_RUN }), sequence: fc.integer({ min: 0, max: LAST_SEQUENCE }) };
const text = anyText(30);
const error = fc.oneof(fc.record({ name: text, message: text }), fc.record({ name: text, message: text, stack: text }));
const kind = <K extends DoneLine['kind']>(name: K): fc.Arbitrary<K> => fc.constant(name);
const anyLine: fc.Arbitrary<DoneLine> = fc.oneof(
  fc.record({ kind: kind('done'), ...id, count: fc.integer({ min: 1, max: MAX_DONE }) }),
  fc.record({ kind: kind('taken'), ...id, attempt: count, count: fc.integer({ min: 0, max: MAX_TAKEN }) }),
  fc.record({ kind: kind('released'), ...id, attempt: count }),
  fc.record({ kind: kind('failed'), ...id, attempt: count, error }),
  fc.record({ kind: kind('retried'), ...id, attempt: count }),
  fc.record({ kind: kind('closed') }),
  fc.record({ kind: kind('read'), file: fc.constantFrom('a.put.tsv', 'x'), bytes: count }),
  fc.record({ kind: kind('gone'), ...id, count, total: count }),
);

/** What a sink is told of a body, without a string in between where that can be. */
function readBytes(body: string): DoneLine | 'unknown' {
  const bytes = Buffer.from(`\t${body}\t`);
  let found: DoneLine | undefined;
  const isKnown = readDoneLine(bytes, 1, bytes.length - 1, {
    done: (run, sequence, count) => (found = { kind: 'done', run, sequence, count }),
    taken: (run, sequence, attempt, count) => (found = { kind: 'taken', run, sequence, attempt, count }),
    other: (line) => (found = line),
  });
  return isKnown && found !== undefined ? found : 'unknown';
}

describe('a line of a done journal', () => {
  it.each(EACH)('%o is written as %j, and read as it is written', (line, body) => {
    expect(formatDoneLine(line)).toBe(body);
    expect(parseDoneLine(body)).toEqual(line);
    expect(readBytes(body)).toEqual(line);
  });

  it('is read as it is written, whatever it says', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        expect(parseDoneLine(formatDoneLine(line))).toEqual(line);
        expect(readBytes(formatDoneLine(line))).toEqual(line);
      }),
    );
  });

  it.each([
    '',
    'Done',
    'done',
    'done\t',
    'done\t3-42',
    `done\t${ID}\t`,
    `done\t${ID}\t0`,
    `done\t${ID}\t1`,
    `done\t${ID}\t${MAX_DONE + 1}`,
    `done\t${ID}\tx`,
    `done\t${ID}x2`,
    `done\t${ID}\t1000`,
    `done \t${ID}`,
    'done\t0000000a-0000000042',
    'done\t00000003-00000000x2',
    'done\t00000003_0000000042',
    `drop\t${ID}`,
    `dead\t${ID}`,
    `don\t${ID}`,
    `taken\t${ID}`,
    `taken\t${ID}\t1`,
    `taken\t${ID}\t1\t`,
    `taken\t${ID}\tx\t1`,
    `taken\t${ID}\t1\t-1`,
    `taken\t${ID}\t1\t${MAX_TAKEN + 1}`,
    `released\t${ID}`,
    `released\t${ID}\t1.5`,
    `failed\t${ID}`,
    `failed\t${ID}\tmany\t{}`,
    `retried\t${ID}\t1e3`,
    `retried\t\t1`,
    'closed\t',
    'closed ',
    'read\t\t1',
    'read\tqueue.00000001.0000000001.put.tsv',
    'read\tfile\t9999999999999999',
    `gone\t${ID}\t1`,
    `gone\t${ID}\t1\t`,
    `unheard of\t${ID}\t1\t1`,
    '\0'.repeat(24),
  ])('is not %j', (body) => {
    expect(parseDoneLine(body)).toBeNull();
    expect(readBytes(body)).toBe('unknown');
  });
});

describe('appended done lines', () => {
  it('are these bytes', () => {
    const lines = new LineBuffer();
    appendDone(lines, 3, 42);
    const body = `done\t${ID}`;
    expect(lines.bytes.toString('latin1', 0, lines.length)).toBe(`\n${crc32(Buffer.from(body)).toString(16).padStart(8, '0')}\t${body}\n`);
    expect(lines.bytes.toString('latin1', 0, lines.length)).toBe(`\n55c38c78\tdone\t00000003-0000000042\n`);
  });

  it('are the same however they are appended, up to the last id there can be', () => {
    const [one, other] = [new LineBuffer(), new LineBuffer()];
    for (const [run, sequence] of [
      [0, 0],
      [1, 1],
      [LAST_RUN, LAST_SEQUENCE],
    ] as const) {
      appendDone(one, run, sequence);
      other.append(formatDoneLine({ kind: 'done', run, sequence, count: 1 }));
    }
    expect(one.bytes.subarray(0, one.length)).toEqual(other.bytes.subarray(0, other.length));
  });

  it('are read one after the other, of all kinds', () => {
    const lines = new LineBuffer();
    for (const [line] of EACH) lines.append(formatDoneLine(line));
    expect(scanned(lines.bytes.subarray(0, lines.length)).records).toEqual(EACH.map(([, body]) => body));
  });

  it('find room in a buffer that is full', () => {
    const lines = new LineBuffer();
    for (let sequence = 1; sequence <= 5_000; sequence += 1) appendDone(lines, 1, sequence);
    expect(scanned(lines.bytes.subarray(0, lines.length)).records).toHaveLength(5_000);
  });
});
