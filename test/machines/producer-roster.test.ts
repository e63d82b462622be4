import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasHeir, rosterOf, type Saying } from '../../src/machines/producer-roster.ts';

/** `a` says HELO, DONE or FAILED: `helo a`. What it replaces follows: `helo b replaces a`. */
function say(text: string, more: Partial<Saying> = {}): Saying {
  const [type = '', uuid = '', , ...replaces] = text.split(' ');
  if (type !== 'helo' && type !== 'done' && type !== 'failed') throw new TypeError(text);
  return { type, uuid, machineFQDN: 'etl-1', pid: 4711, producer: 'extract', replaces, beat: '', reason: '', ...more };
}

const states = (...texts: readonly string[]): string[] =>
  rosterOf(texts.map((text) => say(text))).runs.map(({ uuid, state }) => `${uuid} ${state}`);

describe('the roster of producers', () => {
  it('is not drained while nobody said anything', () => {
    expect(rosterOf([])).toEqual({ runs: [], open: [], failed: undefined, isDrained: false });
  });

  it('is drained when all that began are done', () => {
    expect(rosterOf([say('helo a'), say('helo b'), say('done a')]).isDrained).toBe(false);
    expect(rosterOf([say('helo a'), say('helo b'), say('done a'), say('done b')]).isDrained).toBe(true);
  });

  it('has failed when one failed, whatever else that one said', () => {
    const roster = rosterOf([say('helo a'), say('done a'), say('failed a', { reason: 'no rows' }), say('done b')]);
    expect(roster.failed).toMatchObject({ uuid: 'a', reason: 'no rows' });
    expect(roster.isDrained).toBe(false);
  });

  it('has failed too when that one says DONE later', () => {
    expect(states('failed a', 'done a')).toEqual(['a failed']);
    expect(states('failed a', 'helo a')).toEqual(['a failed']);
  });

  it('knows what a run is called, how it shows that it lives and why it failed from whichever of its words says so', () => {
    const facts = { producer: 'extract', beat: 'etl-1-4711-9f3ac2d1', reason: 'no rows' };
    const silent = { producer: '', beat: '', reason: '' };
    for (const sayings of [
      [say('helo a', facts), say('failed a', silent)],
      [say('failed a', silent), say('helo a', facts)],
      [say('helo a', facts), say('failed a', { producer: 'x', beat: 'x', reason: 'x' })],
    ]) {
      expect(rosterOf(sayings).failed).toMatchObject(facts);
    }
  });

  it('takes a last word for a whole run: its HELO may have been cleared away', () => {
    expect(states('done a')).toEqual(['a done']);
    expect(rosterOf([say('done a')]).isDrained).toBe(true);
  });

  it('F-45 hears nothing of a run that was replaced, in whatever order it was said', () => {
    expect(states('helo a', 'failed a', 'helo b replaces a')).toEqual(['b open']);
    expect(states('helo b replaces a', 'failed a', 'helo a')).toEqual(['b open']);
    expect(states('helo a', 'helo b', 'done b replaces a')).toEqual(['b done']);
  });

  it('tells apart runs that share a uuid, a machine or a process', () => {
    const runs = rosterOf([say('helo a'), say('done a', { pid: 4712 }), say('done a', { machineFQDN: 'etl-2' }), say('done b')]).runs;
    expect(runs.map(({ state }) => state)).toEqual(['open', 'done', 'done', 'done']);
  });

  it('F-22 waits for as many as are expected, of which those that were over before are none', () => {
    const sayings = [say('helo a'), say('done a'), say('helo b'), say('done b')];
    expect(rosterOf(sayings, { expected: 3 }).isDrained).toBe(false);
    expect(rosterOf(sayings, { expected: 2 }).isDrained).toBe(true);
    expect(rosterOf(sayings, { expected: 2, old: new Set(['a']) }).isDrained).toBe(false);
    expect(rosterOf(sayings, { expected: 1, old: new Set(['a']) }).runs).toHaveLength(1);
    expect(rosterOf(sayings, { old: new Set(['a', 'b']) }).isDrained).toBe(true);
    // One that is at work still is over for nobody.
    expect(rosterOf([say('helo a'), say('done b')], { expected: 1, old: new Set(['a']) }).open).toHaveLength(1);
  });

  it('does not mind the order in which things were said, or that they were said twice', () => {
    const texts = ['helo a', 'done a', 'helo b replaces a', 'failed c', 'helo c', 'done d', 'helo e replaces d c'];
    const summary = (order: readonly string[]): unknown => {
      const { failed, isDrained } = rosterOf(order.map((text) => say(text)));
      return { runs: states(...order).toSorted(), failed: failed?.uuid, isDrained };
    };
    fc.assert(
      fc.property(fc.shuffledSubarray([...texts, ...texts], { minLength: 2 * texts.length }), (order) => {
        expect(summary(order)).toEqual(summary(texts));
      }),
    );
  });
});

describe('an heir', () => {
  const open = (...sayings: readonly Saying[]) => rosterOf(sayings).open;

  it('is another run of the name that is at work', () => {
    const [a, b] = open(say('helo a'), say('helo b'));
    expect(a && b && hasHeir(a, [a, b], new Set(['a']))).toBe(true);
    expect(a && b && hasHeir(a, [a, b], new Set(['a', 'b']))).toBe(false);
    expect(a && hasHeir(a, [a], new Set(['a']))).toBe(false);
    expect(a && hasHeir(a, [a], new Set())).toBe(false);
  });

  it('has the same name, and the nameless have none', () => {
    const [a, b] = open(say('helo a'), say('helo b', { producer: 'other' }));
    expect(a && b && hasHeir(a, [a, b], new Set(['a']))).toBe(false);
    const [c, d] = open(say('helo c', { producer: '' }), say('helo d', { producer: '' }));
    expect(c && d && hasHeir(c, [c, d], new Set(['c']))).toBe(false);
  });
});
