import { describe, expect, it } from 'vitest';
import { HaltCount, parseHalt } from '../../src/cli/halt.ts';

it.each([
  ['soon,fail=1', { how: 'soon', of: 'fail', limit: 1, isShare: false }],
  ['now,success=3', { how: 'now', of: 'success', limit: 3, isShare: false }],
  ['soon,done=10', { how: 'soon', of: 'done', limit: 10, isShare: false }],
  ['now,fail=25%', { how: 'now', of: 'fail', limit: 25, isShare: true }],
])('reads %s', (text, rule) => {
  expect(parseHalt(text)).toEqual(rule);
});

it.each([
  '',
  'soon',
  'fail=1',
  'later,fail=1',
  'soon,fail=0',
  'soon,fail=-1',
  'soon,fail=1.5',
  'soon,done=10%',
  'soon,fail=101%',
  ' soon,fail=1',
])('refuses %j', (text) => {
  expect(() => parseHalt(text)).toThrow(`not '${text}'`);
});

describe('a count of ends', () => {
  const stopsAt = (rule: string, ends: string): number => {
    const count = new HaltCount(parseHalt(rule));
    return ends.split('').findIndex((end) => count.ended(end === 'x' ? 'fail' : 'success')) + 1;
  };

  it.each([
    ['soon,fail=2', '.x..x.', 5],
    ['soon,success=2', 'x.x.', 4],
    ['soon,done=3', '.x.x', 3],
    ['soon,fail=4', 'xxx...', 0],
  ])('%s of %s stops at %i', (rule, ends, at) => {
    expect(stopsAt(rule, ends)).toBe(at);
  });

  it('takes a share only of more than chance', () => {
    expect(stopsAt('soon,fail=50%', 'xx')).toBe(0);
    expect(stopsAt('soon,fail=50%', 'x.x.x')).toBe(5);
    expect(stopsAt('soon,fail=50%', '.....xxx')).toBe(0);
  });
});
