import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendDone, formatDoneLine, MAX_DONE, MAX_TAKEN, parseDoneLine, readDoneLine } from '../../src/formats/done-line.ts';
import type { DoneLine, DoneLineSink } from '../../src/formats/done-line.ts';
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
  [{ kind: 'taken', ...AT, attempt: 2, count: MAX_TAKEN }, `taken\t${ID}\t2\t1024`],
  [{ kind: 'taken', run: 0, sequence: 0, attempt: 0, count: 0 }, 'taken\t00000000-0000000000\t0\t0'],
  [{ kind: 'done', run: 0, sequence: 0, count: 1 }, 'done\t00000000-0000000000'],
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

/** What a sink is told of a body that stands among others, and by which of its functions. */
function readBy(body: string): readonly [by: keyof DoneLineSink | undefined, line: DoneLine | undefined] {
  const bytes = Buffer.from(`\t1\t${body}\t1\t`);
  let told: readonly [keyof DoneLineSink, DoneLine] | undefined;
  const isKnown = readDoneLine(bytes, 3, bytes.length - 3, {
    done: (run, sequence, count) => void (told = ['done', { kind: 'done', run, sequence, count }]),
    taken: (run, sequence, attempt, count) => void (told = ['taken', { kind: 'taken', run, sequence, attempt, count }]),
    other: (line) => void (told = ['other', line]),
  });
  expect(isKnown).toBe(told !== undefined);
  return told ?? [undefined, undefined];
}

describe('a line of a done journal', () => {
  it.each(EACH)('%o is written as %j, and read as it is written', (line, body) => {
    expect(formatDoneLine(line)).toBe(body);
    expect(parseDoneLine(body)).toEqual(line);
    expect(readBy(body)[1]).toEqual(line);
  });

  it('is read without a string in between where it is one of the many', () => {
    for (const [line, body] of EACH)
      expect(readBy(body)[0], body).toBe(line.kind === 'done' || line.kind === 'taken' ? line.kind : 'other');
    const line: DoneLine = { kind: 'taken', ...AT, attempt: 999_999_999, count: MAX_TAKEN };
    expect(readBy(formatDoneLine(line))).toEqual(['taken', line]);
    // Nobody tries that often; but it could be written.
    expect(readBy(formatDoneLine({ ...line, attempt: 1_000_000_000 }))).toEqual(['other', { ...line, attempt: 1_000_000_000 }]);
    expect(readBy(formatDoneLine({ ...line, attempt: 0, count: 0 }))[0]).toBe('taken');
  });

  it('is read as it is written, whatever it says', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        expect(parseDoneLine(formatDoneLine(line))).toEqual(line);
        expect(readBy(formatDoneLine(line))[1]).toEqual(line);
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
    'taken\t0000000a-0000000042\t1\t1',
    'taken\t00000003-00000000x2\t1\t1',
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
    expect(readBy(body)).toEqual([undefined, undefined]);
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
