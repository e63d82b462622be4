import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeName,
  encodeName,
  formatCheckpoint,
  formatStamp,
  formatTaskClaim,
  formatTaskFile,
  LONGEST_TASK_ID,
  parseCheckpoint,
  parseTaskClaim,
  parseTaskFile,
  type TaskClaimName,
  whyNoId,
} from '../../src/formats/task-name.ts';

const CLAIM: TaskClaimName = { id: 'load', checkpoint: undefined, consumer: 'etl-1-4711-9f3ac2d1', claim: 7, claims: 2, state: 'wip' };
const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
const token = fc.stringMatching(/^[a-z0-9]{1,32}$/);

describe('an id as a file name', () => {
  it.each([
    ['load-2026-11-27', 'load-2026-11-27.json'],
    ['../x', '%2E.%2Fx.json'],
    ['a/b\\c', 'a%2Fb%5Cc.json'],
    ['.', '%2E.json'],
    ['a.', 'a%2E.json'],
    [' a ', '%20a%20.json'],
    ['con', '%63on.json'],
    ['LPT1.txt', '%4CPT1.txt.json'],
    ['console', 'console.json'],
    ['a~b', 'a%7Eb.json'],
    ['100%', '100%25.json'],
    ['Ärger', 'Ärger.json'],
    ['A\u0308rger', 'A%CC%88rger.json'],
    ['日本語', '日本語.json'],
    ['\u202Etxt', '%E2%80%AEtxt.json'],
    ['a\nb', 'a%0Ab.json'],
  ])('is of %j %s', (text, file) => {
    expect(formatTaskFile(text)).toBe(file);
    expect(parseTaskFile(file)).toBe(text);
  });

  it('leads to no other file than its own, whatever it is', () => {
    fc.assert(
      fc.property(id, (text) => {
        const name = encodeName(text);
        // oxlint-disable-next-line no-control-regex -- none of them may be in a name
        expect(name).not.toMatch(/[/\\:*?"<>|~\u0000-\u001f\u007f]|^\.|^ | $/);
        expect(decodeName(name)).toBe(text);
        expect(name.normalize('NFC')).toBe(name);
      }),
    );
  });

  it.each([
    '',
    '.json',
    'load',
    'load.json.wip',
    '%2e.json',
    'a%2Fb',
    'a/b.json',
    '%zz.json',
    '%E4.json',
    'a b .json',
    'con.json',
    '%61.json',
    'A\u0308.json',
  ])('is none of %j', (file) => expect(parseTaskFile(file)).toBeNull());

  it.each<readonly [unknown, string | null]>([
    ['load', null],
    ['x'.repeat(LONGEST_TASK_ID), null],
    ['x'.repeat(LONGEST_TASK_ID + 1), `it takes ${LONGEST_TASK_ID + 1} bytes as it is written, and ${LONGEST_TASK_ID} is the most`],
    ['/'.repeat(LONGEST_TASK_ID / 2), `it takes ${(LONGEST_TASK_ID / 2) * 3} bytes as it is written, and ${LONGEST_TASK_ID} is the most`],
    ['', 'it is empty'],
    ['\ud800', 'it is no Unicode'],
    [7, 'it is no text'],
  ])('can be %j or not, and why', (text, why) => expect(whyNoId(text)).toBe(why));
});

describe('the name of a claimed task', () => {
  it.each<readonly [Partial<TaskClaimName>, string]>([
    [{}, 'load.json.etl-1-4711-9f3ac2d1-7a2.wip'],
    [{ checkpoint: 'k4f' }, 'load~k4f.json.etl-1-4711-9f3ac2d1-7a2.wip'],
    [{ state: 'settling' }, 'load.json.etl-1-4711-9f3ac2d1-7a2.settling'],
    [{ state: 'going', checkpoint: '2k9' }, 'load~2k9.json.etl-1-4711-9f3ac2d1-7a2.going'],
    [{ id: 'a.json.x-1a1.wip' }, 'a.json.x-1a1.wip.json.etl-1-4711-9f3ac2d1-7a2.wip'],
  ])('is, of %j, %s', (parts, file) => {
    expect(formatTaskClaim({ ...CLAIM, ...parts })).toBe(file);
    expect(parseTaskClaim(file)).toEqual({ ...CLAIM, ...parts });
  });

  it('goes there and back for all ids', () => {
    const state = fc.constantFrom('wip', 'settling', 'going');
    fc.assert(
      fc.property(
        id,
        fc.option(token, { nil: undefined }),
        fc.nat(),
        fc.integer({ min: 1, max: 999_999 }),
        state,
        (text, checkpoint, claim, claims, at) => {
          const name: TaskClaimName = { ...CLAIM, id: text, checkpoint, claim, claims, state: at };
          expect(parseTaskClaim(formatTaskClaim(name))).toEqual(name);
        },
      ),
    );
  });

  it('has room in a file system for the longest id, with all that is added to it', () => {
    const longest = {
      id: 'x'.repeat(LONGEST_TASK_ID),
      checkpoint: 'c'.repeat(32),
      consumer: `${'h'.repeat(20)}-4194304-01234567`,
      claim: 999_999_999_999_999,
      claims: 999_999,
    };
    const file = formatTaskClaim({ ...longest, state: 'settling' });
    expect(new TextEncoder().encode(file).length).toBeLessThanOrEqual(255);
    expect(parseTaskClaim(file)).toMatchObject(longest);
  });

  it.each([
    'load.json',
    'load.json.wip',
    'load.json.etl-1-4711-9f3ac2d1-7a00.wip',
    'load.json.etl-1-4711-9f3ac2d1-7a2.done',
    'load.json.etl-1-4711-9f3ac2d1-7a2.finished',
    'load.tsv.etl-1-4711-9f3ac2d1-7a2.wip',
    'load~K4.json.etl-1-4711-9f3ac2d1-7a2.wip',
    'load~.json.etl-1-4711-9f3ac2d1-7a2.wip',
    '~k4f.json.etl-1-4711-9f3ac2d1-7a2.wip',
    'lo%61d.json.etl-1-4711-9f3ac2d1-7a2.wip',
    '004711_0123456789_load.wip',
  ])('is none of %s', (file) => expect(parseTaskClaim(file)).toBeNull());
});

describe('the name of a checkpoint', () => {
  it('goes there and back', () => {
    fc.assert(
      fc.property(id, token, (text, one) => {
        expect(parseCheckpoint(formatCheckpoint(text, one))).toEqual({ id: text, token: one });
      }),
    );
  });

  it.each(['load.json', 'load.json.', 'load.json.K', 'load.k4f', '.json.k4f', `load.json.${'k'.repeat(33)}`])('is none of %s', (file) =>
    expect(parseCheckpoint(file)).toBeNull(),
  );
});

it('tells a file from a later one of its name, in what a claim has room for', () => {
  const stamp = formatStamp({ inode: 2n ** 64n - 1n, modifiedMs: 8_640_000_000_000_000 });
  expect(stamp).toMatch(/^[a-z0-9]{1,32}$/);
  expect(formatStamp({ inode: 35n, modifiedMs: 36 })).toBe('z10');
  expect(formatStamp({ inode: 35n, modifiedMs: 37 })).not.toBe(formatStamp({ inode: 35n, modifiedMs: 36 }));
});
