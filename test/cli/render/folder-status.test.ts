import { describe, expect, it } from 'vitest';
import { renderFolderStatus, renderFolderStatusLine, type ShownFolderStatus } from '../../../src/cli/render/folder-status.ts';
import { paintFor } from '../../../src/cli/render/paint.ts';

const plain = paintFor(false, {});
const nothing: ShownFolderStatus = {
  kind: 'folder-queue',
  directory: '/data/inbox',
  version: 1,
  extension: '.tsv',
  maxAttempts: 3,
  counts: { ready: 0, claimed: 0, done: 0, failed: 0 },
  claims: [],
  consumers: [],
  producers: [],
  foreignClaims: 0,
  warnings: [],
};
const consumer = { name: 'etl-1-4711-9f3ac2d1', host: 'etl-1', pid: 4711, since: '2026-11-21T13:04:05.123Z', standing: 'alive' } as const;
const producer = { name: 'extract', host: 'etl-2', pid: 12, since: null, state: 'open', reason: null, standing: 'alive' } as const;
const claim = {
  name: 'a.tsv',
  path: '/data/inbox/a.tsv.etl-1-4711-9f3ac2d1-1a2.wip',
  consumer: consumer.name,
  host: consumer.host,
  pid: consumer.pid,
  since: consumer.since,
  attempt: 2,
  standing: 'silent',
  heldMs: 185_000,
} as const;

describe('the state of a folder', () => {
  const state = (changes: Partial<ShownFolderStatus>): string | undefined =>
    renderFolderStatusLine({ ...nothing, ...changes }).split(':')[0];
  const some = { ...nothing.counts, ready: 1 };

  it.each<[string, Partial<ShownFolderStatus>]>([
    ['nothing to do', {}],
    ['waiting for a worker', { counts: some }],
    ['waiting for a worker', { counts: some, consumers: [{ ...consumer, standing: 'dead' }] }],
    ['in work', { counts: some, consumers: [consumer] }],
    ['waiting for producers', { producers: [producer, { ...producer, state: 'done' }] }],
    ['finished', { producers: [{ ...producer, state: 'done' }] }],
    ['a producer is lost', { producers: [{ ...producer, state: 'lost', standing: 'dead' }] }],
    ['a producer failed', { counts: some, producers: [{ ...producer, state: 'failed', reason: 'no rows' }] }],
  ])('is: %s', (words, changes) => expect(state(changes)).toBe(words));
});

it('shows who has what for how long, who is there and who fills it', () => {
  const status: ShownFolderStatus = {
    ...nothing,
    counts: { ready: 1_200, claimed: 1, done: null, failed: 1 },
    claims: [claim],
    consumers: [consumer],
    producers: [producer, { ...producer, name: null, state: 'failed', reason: 'no\u001b[2Jrows' }],
    warnings: [{ kind: 'strange-file', file: 'b\u202e.tsv', message: 'It looks like\na message.' }],
  };
  expect(renderFolderStatus(status, plain, { donePerSecond: null, etaMs: null })).toEqual([
    '/data/inbox: folder of .tsv files, 3 attempts each, format 1',
    '  state     a producer failed',
    '  ready     1,200',
    '  claimed   1',
    '  done      not kept',
    '  failed    1',
    '  pace      -',
    '',
    '  claimed  by                   for     attempt  who is',
    '  a.tsv    etl-1-4711-9f3ac2d1  3m 05s  2        silent',
    '',
    '  consumer             where                  since                     is',
    '  etl-1-4711-9f3ac2d1  process 4711 on etl-1  2026-11-21T13:04:05.123Z  alive',
    '',
    '  producer  where                since  is',
    '  extract   process 12 on etl-2  -      at work, alive',
    String.raw`  -         process 12 on etl-2  -      failed: no\u001b[2Jrows`,
    '',
    String.raw`  ! "b\u202e.tsv": It looks like a message.`,
  ]);
});

it('shows the first of many, and says how many more there are', () => {
  const claims = Array.from({ length: 15 }, (_, i) => ({ ...claim, name: `${i}${'x'.repeat(100)}.tsv` }));
  const lines = renderFolderStatus({ ...nothing, counts: { ...nothing.counts, claimed: 1_500 }, claims }, plain);
  expect(lines.at(-1)).toBe('  and 1,490 more');
  expect(lines.filter((line) => line.includes('3m 05s'))).toHaveLength(10);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100);
});

it('says it on one line for a log', () => {
  const counts = { ready: 12, claimed: 2, done: 1_000, failed: 3 };
  expect(renderFolderStatusLine({ ...nothing, counts, consumers: [consumer] }, { donePerSecond: 2, etaMs: 7_000 })).toBe(
    'in work: 1,000 done, 12 ready, 2 claimed, 3 failed, 2.0/s, 7.0s left',
  );
});
