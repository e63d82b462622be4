import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJournalName, highestRunOf, isQueueName, parseJournalName } from '../../src/formats/journal-name.ts';
import type { JournalName } from '../../src/formats/journal-name.ts';
import { LAST_RUN, LAST_SEQUENCE } from '../../src/formats/message-id.ts';

const names = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,63}$/);
const runs = fc.integer({ min: 0, max: LAST_RUN });
const journals: fc.Arbitrary<JournalName> = fc.oneof(
  fc.record({
    name: names,
    run: runs,
    segment: fc.integer({ min: 0, max: LAST_SEQUENCE }),
    kind: fc.constantFrom('put' as const, 'done' as const),
  }),
  fc.record({ name: names, run: runs, segment: fc.constant(0), kind: fc.constantFrom('keys' as const, 'kept' as const) }),
);

describe("a journal's name", () => {
  it('is one of four', () => {
    const of = (kind: JournalName['kind'], segment: number): string => formatJournalName({ name: 'queue', run: 7, segment, kind });
    expect(of('put', 42)).toBe('queue.00000007.0000000042.put.tsv');
    expect(of('done', 1)).toBe('queue.00000007.0000000001.done.tsv');
    expect(of('keys', 0)).toBe('queue.00000007.keys.tsv');
    expect(of('kept', 0)).toBe('queue.00000007.kept.tsv');
  });

  it('is read as it is written', () => {
    fc.assert(
      fc.property(journals, (journal) => {
        expect(parseJournalName(formatJournalName(journal))).toEqual(journal);
      }),
    );
  });

  it.each([
    '',
    'queue.json',
    'owner.1',
    'stage.0123456789abcdef',
    'queue.00000001.put.tsv',
    'queue.00000001.done.tsv',
    'queue.00000001.0000000001.keys.tsv',
    'queue.00000001.0000000001.kept.tsv',
    'queue.00000001.0000000001.put.tsv.bak',
    'queue.00000001.0000000001.put.tsv~',
    'queue.00000001.0000000001.put.tsv\n',
    'queue.00000001.0000000001.PUT.tsv',
    'queue.00000001.0000000001.other.tsv',
    'queue.1.0000000001.put.tsv',
    'queue.00000001.1.put.tsv',
    'queue.000000001.0000000001.put.tsv',
    '.00000001.0000000001.put.tsv',
    'Queue.00000001.0000000001.put.tsv',
    'que ue.00000001.0000000001.put.tsv',
    '_queue.00000001.0000000001.put.tsv',
    '../queue.00000001.0000000001.put.tsv',
    'a/b.00000001.0000000001.put.tsv',
    'a.b.00000001.0000000001.put.tsv',
    `${'x'.repeat(65)}.00000001.0000000001.put.tsv`,
  ])('is not %j', (file) => {
    expect(parseJournalName(file)).toBeNull();
  });
});

describe('the highest run of some journals', () => {
  const files = ['queue.00000007.kept.tsv', 'queue.00000005.0000000001.put.tsv', 'queue.99999998.0000000001.done.tsv', 'README'];

  it('is that of their names', () => {
    expect(highestRunOf(files.slice(0, 2), 3)).toBe(7);
    expect(highestRunOf([], 3)).toBe(0);
    expect(highestRunOf(['queue.01000003.keys.tsv'], 3)).toBe(1_000_003);
  });

  it('is none that is too far ahead of the last owner to be of ours', () => {
    expect(highestRunOf(files, 3)).toBe(7);
    expect(highestRunOf(['queue.01000004.keys.tsv'], 3)).toBe(0);
    expect(highestRunOf(files, 98_999_998)).toBe(99_999_998);
  });

  it('is that of any, where no owner is known', () => {
    expect(highestRunOf(files, 0)).toBe(99_999_998);
  });
});

describe('the name of a queue', () => {
  it('is short, and safe in every file system', () => {
    for (const name of ['queue', 'q', '0', 'a-b_c', 'x'.repeat(64)]) expect(isQueueName(name), name).toBe(true);
    for (const name of ['', 'Queue', 'a.b', 'a/b', '..', '-a', '_a', 'a b', 'é', 'a\n', 'x'.repeat(65)])
      expect(isQueueName(name), name).toBe(false);
  });

  it('is part of a name that can be read back', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), (name) => {
        const file = formatJournalName({ name, run: 1, segment: 1, kind: 'put' });
        expect(parseJournalName(file)?.name === name).toBe(isQueueName(name));
      }),
    );
  });
});
