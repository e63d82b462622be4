import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { changedWrites } from '../support/changed-writes.ts';
import { LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import { exploreQueue, type QueueCase } from '../support/explored-queue.ts';
import { bySize } from '../support/sample.ts';

const PUTS: QueueCase = {
  title: 'ends, beside one that puts',
  scope: { stalls: 1 },
  before: ['put a'],
  owners: { one: ['get', 'done'], two: ['open', 'put c'] },
  options: { durability: 'process' },
};

const ENDS: QueueCase = {
  title: 'puts, beside one that ends',
  scope: { stalls: 1 },
  before: ['put a'],
  owners: { one: ['put b'], two: ['open', 'get', 'done'] },
  options: { durability: 'process' },
};

const CLEARS: QueueCase = {
  title: 'clears, beside one that clears',
  scope: {},
  before: ['put a', 'get', 'done', 'close'],
  owners: { one: ['open', 'put b'], two: ['open', 'put c'] },
  options: { durability: 'process' },
};

const CASES: readonly QueueCase[] = [PUTS, ENDS];

// Of these there may be too many to see all.
const DEEP_CASES: readonly QueueCase[] = [
  { ...CLEARS },
  {
    ...PUTS,
    title: 'removes, beside one that ends and puts',
    before: ['put a', 'put b'],
    owners: { one: ['get', 'done', 'put c'], two: ['open', 'get', 'done'] },
  },
  { ...PUTS, title: 'ends, beside one that puts, with a kill and syncs', scope: { stalls: 1, kills: 1 }, options: { durability: 'power' } },
];

describe('a late owner of a queue', () => {
  it.each(bySize({ quick: [], slow: CASES, deep: [...CASES, ...DEEP_CASES.map((one) => ({ ...one, most: 50_000 }))] }))(
    'changes nothing of what its successor acknowledged: it $title',
    exploreQueue,
    LONGEST_EXPLORATION_MS,
  );

  it('is found out if nobody notes where its records ended', async () => {
    const forgets = (text: string): string => text.replaceAll(/^[0-9a-f]{8}\tread\t.*$/gm, (line) => '\n'.repeat(line.length));
    const tamper = (fs: FileSystem): FileSystem => changedWrites(fs, /\.done\.tsv$/, forgets);
    await expect(exploreQueue({ ...PUTS, tamper })).rejects.toThrow('a is lost');
    await expect(exploreQueue({ ...ENDS, tamper })).rejects.toThrow('b is there, and counts for nobody');
  });
});
