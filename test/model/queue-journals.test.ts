import { describe, it } from 'vitest';
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
  {
    ...TAKES_OVER,
    title: 'two kills, one after the other',
    scope: { kills: 2 },
    owners: { ...TAKES_OVER.owners, two: ['open', 'get', 'done'] },
    inTurn: true,
  },
];

describe('the journals of a queue', () => {
  it.each(bySize({ quick: QUICK, slow: [...QUICK, ...SLOW], deep: [...QUICK, ...SLOW] }))(
    'hold what was promised wherever their owner is stopped: it $title',
    exploreQueue,
    LONGEST_EXPLORATION_MS,
  );
});
