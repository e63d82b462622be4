import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClaimName,
  formatAgainName,
  formatClaimName,
  formatConsumer,
  originalName,
  parseAgainName,
  parseClaimName,
  parseReadyName,
} from '../../src/formats/claim-name.ts';
import { isMessageName } from '../../src/formats/message-name.ts';
import { anyText } from '../support/any-text.ts';

const EXTENSION = '.tsv';
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .map((text) => `${text}${EXTENSION}`)
  .filter((text) => isMessageName(text, EXTENSION));
const token = fc.stringMatching(/^[0-9a-f]{8}$/);
const consumer = fc
  .tuple(fc.string({ maxLength: 80 }), fc.nat({ max: 4_194_304 }), token)
  .map(([host, pid, random]) => formatConsumer(host, pid, random));
const claim: fc.Arbitrary<ClaimName> = fc.record({
  name,
  consumer,
  claim: fc.nat({ max: 999_999_999_999_999 }),
  attempt: fc.integer({ min: 1, max: 999_999 }),
  state: fc.constantFrom('wip', 'finished', 'failing'),
});
const uniqueToken = fc.tuple(fc.stringMatching(/^[0-9a-f]{12}$/), fc.nat()).map(([random, count]) => random + count.toString(36));

describe('F-07 the name of a claim', () => {
  it('gives back the message, its consumer and its attempt, for any legal name', () => {
    fc.assert(
      fc.property(claim, (one) => {
        expect(parseClaimName(formatClaimName(one), EXTENSION)).toEqual(one);
      }),
    );
  });

  it('of a claimed claim is that of the last', () => {
    const nested = formatClaimName({ name: 'a.tsv.x-1-1a1.wip.tsv', consumer: 'y-2-abc', claim: 3, attempt: 4, state: 'wip' });
    expect(parseClaimName(nested, EXTENSION)).toMatchObject({ name: 'a.tsv.x-1-1a1.wip.tsv', consumer: 'y-2-abc' });
  });

  it('fits any file system, and is no message', () => {
    fc.assert(
      fc.property(claim, (one) => {
        const file = formatClaimName({ ...one, name: `${'x'.repeat(176)}${EXTENSION}` });
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
        expect(parseReadyName(file, EXTENSION)).toBeNull();
        expect(isMessageName(file, EXTENSION)).toBe(false);
      }),
    );
  });

  it.each([
    'sales-01.tsv',
    '004711_0123456789_sales-01.wip',
    'a.tsv.wip',
    'a.tsv.x.wip',
    'a.tsv.x-1.wip',
    'a.tsv.x-1a.wip',
    'a.tsv.x-a1.wip',
    'a.tsv.x-1a0.wip',
    'a.tsv.x-01a1.wip',
    'a.tsv.x-1a01.wip',
    'a.tsv.x-1a1.WIP',
    'a.tsv.X-1a1.wip',
    'a.tsv.x--1a1.wip',
    'a.tsv.-x-1a1.wip',
    'a.tsv.x_y-1a1.wip',
    'a.tsv.x-1a1.wip\n',
    'a.tsv.x-1a1234567.wip',
    'a.tsv.x-1234567890123456a1.wip',
    `a.tsv.${'x'.repeat(41)}-1a1.wip`,
    'a.csv.x-1a1.wip',
    '.tsv.x-1a1.wip',
    '.a.tsv.x-1a1.wip',
    'a/b.tsv.x-1a1.wip',
    '../a.tsv.x-1a1.wip',
    'caf\ufffd.tsv.x-1a1.wip',
    'x-1a1.wip',
    'x\na.tsv.x-1a1.wip',
  ])('is not %j', (file) => {
    expect(parseClaimName(file, EXTENSION)).toBeNull();
    expect(originalName(file, EXTENSION)).toBe(file === 'sales-01.tsv' ? file : null);
  });

  it('has room for a consumer of forty characters', () => {
    const longest = `${'x'.repeat(31)}-${'y'.repeat(8)}`;
    expect(parseClaimName(`a.tsv.${longest}-1a1.wip`, EXTENSION)?.consumer).toBe(longest);
    expect(parseClaimName(`a.tsv.x${longest}-1a1.wip`, EXTENSION)).toBeNull();
  });

  it('counts no further than it has room for', () => {
    const file = formatClaimName({ name: 'a.tsv', consumer: 'x', claim: 1, attempt: 5_000_000, state: 'wip' });
    expect(parseClaimName(file, EXTENSION)?.attempt).toBe(999_999);
  });
});

describe('F-07 the name of what was given back', () => {
  it('gives back the message and its attempts, and is ready', () => {
    fc.assert(
      fc.property(name, uniqueToken, fc.nat({ max: 999_999 }), (own, random, attempts) => {
        const file = formatAgainName({ name: own, token: random, attempts });
        expect(parseAgainName(file, EXTENSION)).toEqual({ name: own, token: random, attempts });
        expect(parseReadyName(file, EXTENSION)).toMatchObject({ name: own, attempts });
        expect(originalName(file, EXTENSION)).toBe(own);
        expect(parseClaimName(file, EXTENSION)).toBeNull();
      }),
    );
  });

  it.each(['x\na.tsv.xa1.again', 'a.tsv.xa1.again.again', 'a.tsv.again', 'a.tsv.a1.again', 'a.tsv.xa.again', 'a.tsv.xa01.again', 'a.tsv.x1.again', 'a.tsv.Xa1.again', 'a.csv.xa1.again', '.tsv.xa1.again', `a.tsv.${'x'.repeat(33)}a1.again`])(
    'is not %j',
    (file) => expect(parseReadyName(file, EXTENSION)).toBeNull(),
  ); // prettier-ignore
});

it('nothing that may lie in a folder has two meanings, or breaks what reads it', () => {
  const anything = fc.oneof(
    anyText(60),
    fc.tuple(anyText(20), fc.constantFrom('.tsv', '.wip', '.again', '.tsv.x-1a1.wip', '.tsv.xa1.again')).map((parts) => parts.join('')), // prettier-ignore
  );
  fc.assert(
    fc.property(anything, (file) => {
      const [ready, claimed] = [parseReadyName(file, EXTENSION), parseClaimName(file, EXTENSION)];
      expect(ready !== null && claimed !== null).toBe(false);
      const own = originalName(file, EXTENSION);
      if (own !== null) expect(own).not.toMatch(/[/\\\0\n]|^\./);
    }),
  );
});

it('a long name is read in no time', () => {
  const start = performance.now();
  for (const file of ['.x-1a1'.repeat(40), `${'a.'.repeat(120)}wip`, `${'-1a1'.repeat(60)}.wip`, `a.tsv.${'x-'.repeat(120)}1a1.wip`]) {
    for (let time = 0; time < 100; time += 1) parseClaimName(`${file}.wip`, EXTENSION);
  }
  expect(performance.now() - start).toBeLessThan(1_000);
});

it('F-06 a consumer’s name shows host and process, and is one', () => {
  expect(formatConsumer('ETL-1.example.org', 4711, '9f3ac2d1')).toBe('etl-1-example-org-4711-9f3ac2d1');
  expect(formatConsumer('日本', 1, 'a')).toBe('host-1-a');
  expect(formatConsumer('--a--b--'.repeat(9), 1, 'a')).toBe('a-b-a-b-a-b-a-b-a-b-1-a');
  fc.assert(
    fc.property(consumer, (one) => {
      expect(one).toMatch(/^(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*$/);
    }),
  );
});
