import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';
import { changedWrites } from '../support/changed-writes.ts';
import { LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import { exploreQueue, type QueueCase } from '../support/explored-queue.ts';
import { bySize } from '../support/sample.ts';

const TAKES_OVER: QueueCase = {
  title: 'takes over',
  scope: { kills: 1 },
  before: ['put a', 'put b', 'get'],
  owners: { one: ['open', 'get', 'done', 'put c', 'get', 'done'] },
  options: { durability: 'process' },
};

const GIVES_UP: QueueCase = {
  title: 'gives up what is alone in its journal',
  scope: { kills: 1 },
  before: ['put a'],
  owners: { one: ['get', 'fail', 'put b', 'get', 'done'] },
  options: { durability: 'process' },
};

const CLEARS: QueueCase = {
  title: 'clears a finished load',
  scope: { kills: 1 },
  before: ['put a', 'put b', 'get', 'fail', 'get', 'done', 'close'],
  owners: { one: ['open', 'put c', 'get', 'done'] },
  options: { durability: 'process' },
};

const QUICK = [TAKES_OVER, GIVES_UP, CLEARS];

const SLOW: readonly QueueCase[] = [
  { ...TAKES_OVER, title: 'takes over, with syncs', options: { durability: 'power' } },
  { ...TAKES_OVER, title: 'takes over, a reply is lost', scope: { lies: 1 } },
  { ...CLEARS, title: 'clears, a reply is lost', scope: { lies: 1 } },
];

const DEEP: readonly QueueCase[] = [
  {
    ...TAKES_OVER,
    title: 'two kills, one after the other',
    scope: { kills: 2 },
    owners: { ...TAKES_OVER.owners, two: ['open', 'get', 'done'] },
    inTurn: true,
  },
];

describe('the journals of a queue', () => {
  it.each(bySize({ quick: QUICK, slow: [...QUICK, ...SLOW], deep: [...QUICK, ...SLOW, ...DEEP] }))(
    'hold what was promised wherever their owner is stopped: it $title',
    exploreQueue,
    LONGEST_EXPLORATION_MS,
  );

  it('are found out if what was given up is not copied before its journal goes', async () => {
    const tamper = (fs: FileSystem): FileSystem => changedWrites(fs, /\.kept\.tsv$/, () => '');
    await expect(exploreQueue({ ...GIVES_UP, tamper })).rejects.toThrow('a is lost');
  });

  it('are found out if of a finished load a done journal goes before the put journals', async () => {
    await expect(exploreQueue({ ...CLEARS, tamper: donesFirst })).rejects.toThrow(/was done, and comes back/);
  });
});

/** Removes a put journal only when the first done journal is removed: right after it. */
function donesFirst(fs: FileSystem): FileSystem {
  const put = new Set<string>();
  return withCalls(fs, {
    unlink: async (path) => {
      if (path.endsWith('.put.tsv')) put.add(path);
      else await fs.unlink(path);
      if (!path.endsWith('.done.tsv')) return;
      for (const left of put) await fs.unlink(left);
      put.clear();
    },
  });
}
