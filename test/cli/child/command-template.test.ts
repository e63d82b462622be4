import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { fillCommand, quoteCommand, valueAsText } from '../../../src/cli/child/command-template.ts';
import { PermanentError } from '../../../src/errors.ts';

const HOSTILE = [
  'with spaces',
  'two\nlines',
  `it's "quoted"`,
  '-rf',
  '$(touch x)',
  '`id`',
  '*',
  '{}',
  '$1',
  '$&',
  '🦊',
  '',
  '\\',
  'a;b',
  "'",
];

describe('filling', () => {
  it('puts the value in place of every {}, in any word', () => {
    expect(fillCommand(['cp', '{}', '--to=out/{}.{}'], 'a', { append: true })).toEqual(['cp', 'a', '--to=out/a.a']);
  });

  it('puts it at the end when there is no {}', () => {
    expect(fillCommand(['gzip', '-k'], 'a b', { append: true })).toEqual(['gzip', '-k', 'a b']);
  });

  it('puts it nowhere when it goes to stdin and there is no {}', () => {
    expect(fillCommand(['jq', '.'], 'x\0y', { append: false })).toEqual(['jq', '.']);
  });

  it.each(HOSTILE)('keeps %j one argument, as it is', (value) => {
    expect(fillCommand(['x', 'a{}b'], value, { append: true })).toEqual(['x', `a${value}b`]);
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800'],
    ['more than an argument holds', 'é'.repeat(65_536)],
  ])('refuses %s for good: no other try would help', (_, value) => {
    expect(() => fillCommand(['x'], value, { append: true })).toThrow(PermanentError);
  });

  it('takes a string as it is and anything else as JSON', () => {
    expect(['a', 0, null, { a: [1] }].map(valueAsText)).toEqual(['a', '0', 'null', '{"a":[1]}']);
  });
});

describe('quoting', () => {
  it.each(HOSTILE)('lets a shell read %j back', (value) => {
    const line = quoteCommand(['printf', '%s.', value]);
    expect(line).not.toContain('\n');
    expect(execFileSync('bash', ['-c', line], { encoding: 'utf8' })).toBe(`${value}.`);
  });

  it('leaves what is plain as it is', () => {
    expect(quoteCommand(['./load.sh', '--in=a/b.tsv', 'x@y:1,2+3%'])).toBe('./load.sh --in=a/b.tsv x@y:1,2+3%');
  });
});
