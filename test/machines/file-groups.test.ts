import { describe, expect, it } from 'vitest';
import { groupFiles, type GroupRules, type NamedFile } from '../../src/machines/file-groups.ts';

const RULES: GroupRules = {
  groupKey: (name) => name.split('_')[0],
  memberKey: (name) => name.split('_')[1],
  members: ['a', 'b'],
};

const files = (...names: readonly string[]): NamedFile[] => names.map((name) => ({ file: name, name }));

describe('groupFiles', () => {
  it('F-27 calls a group whole when there is a file for each of its places', () => {
    const { complete, incomplete, strangers } = groupFiles(files('x_b', 'y_a', 'x_a'), RULES);
    expect(complete).toEqual([{ group: 'x', files: files('x_a', 'x_b') }]);
    expect(incomplete).toEqual([{ group: 'y', files: ['y_a'], missing: ['b'] }]);
    expect(strangers).toEqual([]);
  });

  it('F-27 does not take two files for one place for two members: the first of them is taken, whatever its name', () => {
    const two = groupFiles(files('x_a_2', 'x_a_1'), RULES);
    expect(two.complete).toEqual([]);
    expect(two.incomplete).toEqual([{ group: 'x', files: ['x_a_2'], missing: ['b'] }]);
    const three = groupFiles(files('x_a_2', 'x_b', 'x_a_1'), RULES);
    expect(three.complete).toEqual([{ group: 'x', files: files('x_a_2', 'x_b') }]);
    expect(three.incomplete).toEqual([]);
  });

  it('keeps the order in which the first files of the groups came, and orders those of a group by name', () => {
    const { complete } = groupFiles(files('z_b', 'y_b', 'z_a', 'x_a', 'y_a', 'x_b'), RULES);
    expect(complete.map(({ group }) => group)).toEqual(['z', 'y', 'x']);
    expect(complete.map((group) => group.files.map(({ name }) => name))).toEqual([
      ['z_a', 'z_b'],
      ['y_a', 'y_b'],
      ['x_a', 'x_b'],
    ]);
  });

  it('F-30 asks a function for the places of each group, once', () => {
    const asked: string[] = [];
    const members = (group: string): string[] => (asked.push(group), group === 'x' ? ['a'] : ['a', 'b', 'c']);
    const { complete, incomplete } = groupFiles(files('x_a', 'y_b', 'y_a'), { ...RULES, members });
    expect(complete.map(({ group }) => group)).toEqual(['x']);
    expect(incomplete).toEqual([{ group: 'y', files: ['y_a', 'y_b'], missing: ['c'] }]);
    expect(asked).toEqual(['x', 'y']);
  });

  it('counts a place once that is named twice', () => {
    expect(groupFiles(files('x_a'), { ...RULES, members: ['a', 'a'] }).complete).toHaveLength(1);
  });

  it('F-31 tells of a file without a place why', () => {
    const members = (group: string): string[] => (group === 'none' ? [] : ['a']);
    const { complete, strangers } = groupFiles(files('x_q', 'plain', 'none_a'), { ...RULES, members });
    expect(complete).toEqual([]);
    expect(strangers).toEqual([
      { name: 'x_q', reason: '"q" is no member of "x"' },
      { name: 'plain', reason: 'memberKey gives no place for it' },
      { name: 'none_a', reason: '"a" is no member of "none"' },
    ]);
  });

  it('has no group or place that is called as what all objects have', () => {
    const rules = { ...RULES, members: ['constructor', '__proto__'] };
    const { complete, strangers } = groupFiles(files('__proto__', 'toString_constructor', 'x_toString'), {
      ...rules,
      groupKey: () => '__proto__',
      memberKey: (name) => (name.startsWith('_') ? name : name.split('_')[1]),
    });
    expect(complete).toEqual([{ group: '__proto__', files: files('__proto__', 'toString_constructor') }]);
    expect(strangers).toEqual([{ name: 'x_toString', reason: '"toString" is no member of "__proto__"' }]);
  });
});

describe('groupFiles, of rules that', () => {
  /** What a caller without types may have written. */
  function rubbish(over: Record<string, unknown>): GroupRules {
    const rules = { ...RULES };
    Object.assign(rules, over);
    return rules;
  }
  it.each([
    ['throw', new Error('no such day'), 'no such day'],
    ['throw what is no error', 'no such day', 'is no error'],
    ['throw what can not be shown', Object.create(null), 'is no error'],
  ])('%s, says so of the files that they throw for, and serves the others', (_how, thrown, reason) => {
    const sound = {
      groupKey: (name: string) => name.split('_')[0],
      memberKey: (name: string) => name.split('_')[1],
      members: () => ['a', 'b'],
    };
    for (const [name, rule] of Object.entries(sound)) {
      const throws = (text: string): unknown => {
        if (text.startsWith('x')) throw thrown;
        return rule(text);
      };
      const { complete, strangers } = groupFiles(files('x_a', 'y_a', 'x_b', 'y_b'), rubbish({ ...sound, [name]: throws }));
      expect(complete, name).toEqual([{ group: 'y', files: files('y_a', 'y_b') }]);
      expect(
        strangers.map((one) => one.name),
        name,
      ).toEqual(['x_a', 'x_b']);
      expect(strangers[0]?.reason, name).toContain(reason);
    }
  });

  it.each([
    ['a number', 1],
    ['null', null],
    ['a promise', Promise.resolve('x')],
    ['an object', {}],
    ['nothing', undefined],
  ])('give %s, says so of the files, and throws nothing', (_what, value) => {
    for (const rule of ['groupKey', 'memberKey', 'members']) {
      const { complete, incomplete, strangers } = groupFiles(files('x_a', 'x_b'), rubbish({ [rule]: () => value }));
      expect([complete, incomplete], rule).toEqual([[], []]);
      expect(strangers, rule).toHaveLength(2);
      expect(strangers[0]?.reason, rule).toContain(rule);
    }
  });

  it.each([
    ['a text', 'ab'],
    ['other things too', ['a', 'b', 7]],
  ])('give %s for the places, says so', (_what, value) => {
    const { strangers } = groupFiles(files('x_a', 'x_b'), rubbish({ members: () => value }));
    expect(strangers.map(({ reason }) => reason)).toEqual(Array(2).fill('members gives no list of places for "x"'));
  });

  it('give something else each time, never makes two members of two files of one name: both would be claimed under one', () => {
    let count = 0;
    const rules = { ...RULES, memberKey: () => ['a', 'b'][count++ % 2] };
    const both = [
      { file: 'x.tsv', name: 'x.tsv' },
      { file: 'x.tsv.1a1.again', name: 'x.tsv' },
    ];
    expect(groupFiles(both, { ...rules, groupKey: () => 'x' }).complete).toEqual([]);
  });

  it('change their places while they are asked, takes the first that they gave', () => {
    let count = 0;
    const members = (): string[] => ['a', 'b', 'c', 'd'].slice(0, (count += 1) + 1);
    expect(groupFiles(files('x_a', 'x_b'), { ...RULES, members }).complete).toHaveLength(1);
  });
});
