import { expect, it } from 'vitest';
import type { Glance, SeenFile } from '../../../src/cli/tail/folder-glance.ts';
import { Follower, type Happening } from '../../../src/cli/tail/happenings.ts';

const ready = (name: string): SeenFile => ({ path: name, name, state: 'put' });
const again = (name: string, attempt: number, token = 'x'): SeenFile => ({ path: `${name}.${token}.again`, name, state: 'again', attempt });
const claimed = (name: string, consumer: string, claim: number, attempt = 1, ending = 'wip'): SeenFile => ({
  path: `${name}.${consumer}-${claim}a${attempt}.${ending}`,
  name,
  state: 'claimed',
  attempt,
  consumer,
  claim,
});
const done = (name: string, file = name): SeenFile => ({ path: `done/${file}`, name, state: 'done' });
const failed = (name: string): SeenFile => ({ path: `failed/${name}`, name, state: 'failed' });

function seen(...files: SeenFile[]): Glance {
  return { files: new Map(files.map((file) => [file.path, file])), control: new Set() };
}

/** What is told of look after look, as `event name by consumer attempt`. */
function follow(looks: readonly (readonly SeenFile[])[], removesDone = false): string[][] {
  const [first = [], ...others] = looks;
  const follower = new Follower(seen(...first), { removesDone });
  return others.map((files) => follower.next(seen(...files)).map(describe));
}

function describe({ event, name, consumer, attempt }: Happening): string {
  return [event, name, ...(consumer === undefined ? [] : [`by ${consumer}`]), ...(attempt === undefined ? [] : [attempt])].join(' ');
}

it('tells the way of a file from its put to its end', () => {
  expect(follow([[], [ready('a')], [claimed('a', 'one', 1)], [again('a', 1)], [claimed('a', 'two', 1, 2)], [done('a')]])).toEqual([
    ['put a'],
    ['claimed a by one 1'],
    ['returned a by one 1'],
    ['claimed a by two 2'],
    ['done a by two 2'],
  ]);
});

it('tells what was given back from what was counted', () => {
  expect(follow([[claimed('a', 'one', 1, 2)], [again('a', 1)]])).toEqual([['released a by one 2']]);
  expect(follow([[claimed('a', 'one', 1, 2)], [again('a', 2)]])).toEqual([['returned a by one 2']]);
  expect(follow([[claimed('a', 'one', 1, 2)], [claimed('a', 'two', 4, 3)]])).toEqual([['returned a by one 2', 'claimed a by two 3']]);
  expect(follow([[claimed('a', 'one', 1, 2)], [claimed('a', 'two', 4, 2)]])).toEqual([['released a by one 2', 'claimed a by two 2']]);
});

it('tells what was given up and put back to work', () => {
  expect(follow([[claimed('a', 'one', 1, 3)], [failed('a')], [again('a', 0)], [claimed('a', 'one', 2)]])).toEqual([
    ['failed a by one 3'],
    ['retried a'],
    ['claimed a by one 1'],
  ]);
  expect(follow([[failed('a')], [claimed('a', 'one', 2)]])).toEqual([['retried a', 'claimed a by one 1']]);
});

it('tells of what came and ended between two looks that it was put too', () => {
  expect(follow([[], [done('a')]])).toEqual([['put a', 'done a']]);
  expect(follow([[ready('a')], [done('a')]])).toEqual([['done a']]);
  expect(follow([[], [claimed('a', 'one', 1)]])).toEqual([['put a', 'claimed a by one 1']]);
});

it('keeps a newer message of the same name apart from the old one', () => {
  expect(
    follow([[claimed('a', 'one', 1)], [claimed('a', 'one', 1), ready('a')], [done('a'), ready('a')], [done('a'), done('a', 'a~7')]]),
  ).toEqual([['put a'], ['done a by one 1'], ['done a']]);
  expect(follow([[claimed('a', 'one', 1)], [done('a'), ready('a')]])).toEqual([['done a by one 1', 'put a']]);
});

it('is not fooled by a look that saw a file under both of its names, or under none', () => {
  // done links before it unlinks
  expect(follow([[claimed('a', 'one', 1)], [claimed('a', 'one', 1), done('a')], [done('a')], [done('a')]])).toEqual([
    ['done a by one 1'],
    [],
    [],
  ]);
  expect(follow([[ready('a')], [ready('a'), claimed('a', 'one', 1)], [claimed('a', 'one', 1)]])).toEqual([['claimed a by one 1'], []]);
  expect(follow([[ready('a')], [], [claimed('a', 'one', 1)], [claimed('a', 'one', 1)]])).toEqual([[], ['claimed a by one 1'], []]);
  expect(follow([[ready('a')], [], [ready('a')], [ready('a')]])).toEqual([[], [], []]);
});

it('tells of what is nowhere any more, one look later', () => {
  expect(follow([[ready('a'), claimed('b', 'one', 1), done('c'), failed('d')], [], [], []])).toEqual([
    [],
    ['gone a', 'gone b by one 1'],
    [],
  ]);
});

it('takes a claim that goes for done where what is finished is removed', () => {
  expect(follow([[ready('a'), claimed('b', 'one', 1)], [], []], true)).toEqual([[], ['gone a', 'done b by one 1']]);
});

it('says nothing of the steps in which a group is finished', () => {
  const [first, other] = [claimed('a', 'one', 1), claimed('b', 'one', 1)];
  const finishing = claimed('a', 'one', 1, 1, 'finished');
  expect(
    follow([
      [first, other],
      [finishing, other],
      [finishing, done('b')],
      [done('a'), done('b')],
    ]),
  ).toEqual([[], ['done b by one 1'], ['done a by one 1']]);
});
