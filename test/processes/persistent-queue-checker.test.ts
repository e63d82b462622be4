import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../support/programs.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { judge } from './checker.mjs';

type Line = Readonly<Record<string, unknown>>;

const CHECKER = program('checker.mjs');
const [ONE, TWO] = ['00000001-0000000001', '00000001-0000000002'];

const open = (actor: string): Line => ({ actor, event: 'open', maxAttempts: 3 });
const put = (actor: string, value: string, key?: string): Line[] =>
  ['put?', 'put!'].map((event) => ({ actor, event, value, ...(key !== undefined && { key }) }));
const got = (actor: string, value: string, id: string, attempt = 1): Line => ({ actor, event: 'got', value, id, attempt });
const settle = (actor: string, how: string, id: string): Line[] => [`${how}?`, `${how}!`].map((event) => ({ actor, event, id }));
const killed = (actor: string): Line[] => ['kill?', 'kill!'].map((event) => ({ actor, event }));
const ended = (actor: string): Line[] => ['end?', 'end!'].map((event) => ({ actor, event }));
const drained = (actor: string): Line[] => [{ actor, event: 'drained' }, ...ended(actor)];
const text = (...lines: readonly Line[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** A day on which everything happens, and every promise is kept. */
const good: readonly Line[] = [
  open('first'),
  ...put('first', 'a', 'key of a'),
  ...put('first', 'b'),
  { actor: 'first', event: 'put?', value: 'nobody knows' },
  got('first', 'a', ONE),
  ...settle('first', 'release', ONE),
  got('first', 'a', ONE),
  got('first', 'b', TWO),
  { actor: 'first', event: 'done?', id: ONE },
  ...killed('first'),
  open('second'),
  { actor: 'second', event: 'put?', value: 'a again', key: 'key of a' },
  { actor: 'second', event: 'put-', value: 'a again', key: 'key of a' },
  got('second', 'a', ONE, 2),
  got('second', 'b', TWO, 2),
  ...settle('second', 'done', ONE),
  ...ended('second'),
  open('third'),
  got('third', 'b', TWO, 2),
  ...settle('third', 'fail', TWO),
  got('third', 'b', TWO, 3),
  ...settle('third', 'giveUp', TWO),
  { actor: 'third', event: 'failed', value: 'b', id: TWO, attempts: 3 },
  ...drained('third'),
];

/** The good day, changed in one place. */
function changed(at: number, deleted: number, ...inserted: readonly Line[]): string {
  return text(...good.toSpliced(at, deleted, ...inserted));
}

const index = (event: string, actor: string, nth = 0): number =>
  good.flatMap((line, at) => (line['event'] === event && line['actor'] === actor ? [at] : []))[nth] ?? Number.NaN;

describe('the checker', () => {
  it('has nothing to say of a day on which every promise was kept', () => {
    expect(judge(text(...good))).toEqual({
      violations: [],
      figures: { runs: 3, puts: 2, refused: 1, deliveries: 7, repeats: 5, dones: 1, kills: 1, held: 1, failed: 1, untold: 0 },
    });
  });

  it('lets one who was stopped, and succeeded meanwhile, write down late what it was told before', () => {
    const late = [
      open('x'),
      ...put('x', 'a'),
      { actor: 'x', event: 'kill?' },
      open('heir'),
      got('heir', 'a', ONE, 2),
      ...settle('heir', 'done', ONE),
    ];
    const woken = [got('x', 'a', ONE), { actor: 'x', event: 'done?', id: ONE }];
    expect(judge(text(...late, ...woken, ...drained('heir'))).violations).toEqual([]);
    expect(judge(text(...late, ...woken, { actor: 'x', event: 'done!', id: ONE }, ...drained('heir'))).violations).toEqual([
      expect.stringContaining('acknowledged to x, though a later owner had it'),
    ]);
  });

  it('lets what was given up begin anew once it is retried, and not before', () => {
    const retry = { actor: 'third', event: 'retry?', id: TWO };
    const again = [got('third', 'b', TWO), ...settle('third', 'done', TWO)];
    const end = index('failed', 'third');
    expect(judge(changed(end, 1, retry, ...again)).violations).toEqual([]);
    expect(judge(changed(end, 1, ...again)).violations.join()).toContain('delivered after it was given up');
  });

  it.each<[string, string, RegExp]>([
    [
      'a message that is lost',
      changed(index('open', 'second'), 0, open('x'), ...put('x', 'c'), ...ended('x')),
      /lost: c was put, and never delivered/,
    ],
    [
      'one that was delivered and then forgotten',
      text(open('x'), ...put('x', 'c'), got('x', 'c', ONE), ...killed('x'), open('y'), ...drained('y')),
      /lost: c .* neither done nor given up/,
    ],
    ['one that was given up and is not listed', changed(index('failed', 'third'), 1), /given up, and is not listed/],
    [
      'a refused key of which nothing is there',
      text(
        open('x'),
        { actor: 'x', event: 'put?', value: 'c', key: 'k' },
        ...killed('x'),
        open('y'),
        { actor: 'y', event: 'put?', value: 'd', key: 'k' },
        { actor: 'y', event: 'put-', value: 'd' },
        ...drained('y'),
      ),
      /puts of the key k were refused/,
    ],
    ['a key that is put twice', text(open('x'), ...put('x', 'c', 'k'), ...put('x', 'd', 'k'), ...drained('x')), /the key k was put twice/],
    [
      'a refusal without a key',
      text(open('x'), { actor: 'x', event: 'put?', value: 'c' }, { actor: 'x', event: 'put-', value: 'c' }, ...drained('x')),
      /refused, and has no key/,
    ],
    ['a delivery after its done', changed(index('open', 'third') + 1, 0, got('third', 'a', ONE, 3)), /delivered after it was done/],
    [
      'a delivery after it was given up',
      changed(index('failed', 'third'), 0, got('third', 'b', TWO, 4)),
      /delivered after it was given up/,
    ],
    [
      'a delivery to two at once',
      changed(index('got', 'second', 1) + 1, 0, open('thief'), got('thief', 'b', TWO, 3)),
      /delivered to another while second held it/,
    ],
    [
      'a delivery twice to one',
      changed(index('got', 'second', 1) + 1, 0, got('second', 'b', TWO, 3)),
      /delivered to another while second held it/,
    ],
    ['a message from nowhere', changed(index('got', 'second'), 0, got('second', 'z', '00000001-0000000009')), /z .* was never put/],
    ['a value that changes', changed(index('got', 'second'), 1, got('second', 'b', ONE, 2)), /two (ids|values)/],
    ['an id that changes', changed(index('got', 'second'), 1, got('second', 'a', '00000002-0000000001', 2)), /a has two ids/],
    [
      'deliveries out of order',
      text(
        open('x'),
        ...put('x', 'a'),
        ...put('x', 'b'),
        got('x', 'b', TWO),
        got('x', 'a', ONE),
        ...settle('x', 'done', ONE),
        ...settle('x', 'done', TWO),
        ...drained('x'),
      ),
      /00000001-0000000001 was delivered to x after 00000001-0000000002/,
    ],
    ['an attempt that was not counted', changed(index('got', 'second'), 1, got('second', 'a', ONE, 1)), /attempt 1 after attempt 1/],
    ['attempts from nowhere', changed(index('got', 'first'), 1, got('first', 'a', ONE, 3)), /came as attempt 3, of at most 2/],
    [
      'attempts of kills of others, which never had it',
      text(
        open('x'),
        ...put('x', 'c'),
        ...killed('never opened'),
        ...killed('nor this one'),
        got('x', 'c', ONE, 3),
        ...settle('x', 'done', ONE),
        ...drained('x'),
      ),
      /came as attempt 3, of at most 1/,
    ],
    [
      'a kill that counts for all that was put',
      text(
        open('x'),
        ...['c', 'd', 'e', 'f', 'g'].flatMap((value) => put('x', value)),
        ...killed('x'),
        open('y'),
        ...['c', 'd', 'e', 'f', 'g'].flatMap((value, at) => [got('y', value, `1-${at}`, 2), ...settle('y', 'done', `1-${at}`)]),
        ...drained('y'),
      ),
      /5 attempts were counted that nobody told of, and who died had 4 at most/,
    ],
    ['a release that is counted', changed(index('got', 'first', 1), 1, got('first', 'a', ONE, 3)), /came as attempt 3, of at most 2/],
    [
      'one whose done was refused, and that was released and is gone',
      text(
        open('x'),
        ...put('x', 'c'),
        got('x', 'c', ONE),
        { actor: 'x', event: 'done?', id: ONE },
        ...settle('x', 'release', ONE),
        ...drained('x'),
      ),
      /lost: c .* neither done nor given up/,
    ],
    [
      'one that came again after somebody had asked for its end, and is gone',
      text(
        open('x'),
        ...put('x', 'c'),
        got('x', 'c', ONE),
        { actor: 'x', event: 'done?', id: ONE },
        ...killed('x'),
        open('y'),
        got('y', 'c', ONE, 2),
        ...killed('y'),
        open('z'),
        ...drained('z'),
      ),
      /lost: c .* neither done nor given up/,
    ],
    [
      'an attempt too many',
      changed(
        index('fail!', 'third') + 1,
        0,
        got('third', 'b', TWO, 3),
        ...settle('third', 'fail', TWO),
        got('third', 'b', TWO, 4),
        ...settle('third', 'fail', TWO),
      ),
      /attempt 4, though it is to be given up after 3/,
    ],
    [
      'one that was given up too early',
      text(
        open('x'),
        ...put('x', 'c'),
        got('x', 'c', ONE),
        ...killed('x'),
        open('y'),
        { actor: 'y', event: 'failed', value: 'c', id: ONE, attempts: 1 },
        ...drained('y'),
      ),
      /after 1 attempts of 3, and nobody asked/,
    ],
    [
      'one that is given up and was done',
      changed(index('failed', 'third'), 0, { actor: 'third', event: 'failed', value: 'a', id: ONE, attempts: 3 }),
      /given up, though it was done/,
    ],
    [
      'one that is listed twice',
      changed(index('failed', 'third'), 0, { actor: 'third', event: 'failed', value: 'b', id: TWO, attempts: 3 }),
      /listed twice/,
    ],
    ['a word from the dead', changed(index('kill!', 'first') + 1, 0, got('first', 'a', ONE, 2)), /first speaks after its end/],
    ['an answer to nothing', changed(index('done?', 'second'), 1), /certain without having been asked/],
    ['a settling of what was never got', changed(index('got', 'third'), 0, ...settle('third', 'done', TWO)), /which third never got/],
    ['a queue that was not drained', changed(index('drained', 'third'), 1), /not drained/],
    ['work after the end', text(...good, open('late')), /open after the queue was drained/],
    ['a torn line', `${text(...good)}{"actor":"x","ev`, /makes no sense/],
    ['an unknown event', text({ actor: 'x', event: 'toString' }, ...good), /unknown event toString/],
  ])('finds %s', (_, ledger, violation) => {
    expect(judge(ledger).violations.join('\n')).toMatch(violation);
  });

  it('is a program of its own, whose exit code says what it found', () => {
    const folder = tempFolder();
    const run = (ledger: string): { status: number | null; said: { violations: string[] } } => {
      writeFileSync(join(folder, 'ledger'), ledger);
      const { status, stdout } = spawnSync(process.execPath, [CHECKER, join(folder, 'ledger')], { encoding: 'utf8' });
      const said: { violations: string[] } = JSON.parse(stdout);
      return { status, said };
    };
    expect(run(text(...good))).toMatchObject({ status: 0, said: { violations: [] } });
    expect(run(changed(index('drained', 'third'), 1))).toMatchObject({
      status: 1,
      said: { violations: [expect.stringContaining('not drained')] },
    });
  });
});
