import { describe, expect, it } from 'vitest';
import { DiskError, QueueNotFoundError, ReadOnlyQueueError, WorkQueueError } from '../../src/errors.ts';
import { MessageExistsError, UnusableMessageError } from '../../src/folders/folder-errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { ALL_ERRNOS, eachError } from '../support/each-error.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { bySize, oneIn } from '../support/sample.ts';
import { withLink } from '../support/with-link.ts';

const ROWS = 'id\tname\n1\tduck\n';
const SOURCE = '/in/a.tsv';

type Left = Readonly<Record<string, string>>;
type Put = (queue: WritableFolderQueue) => Promise<unknown>;

const open = (fs: FileSystem, producer: string | null = null): Promise<WritableFolderQueue> =>
  WritableFolderQueue.open('/queue', { fileSystem: fs, clock: hastyClock(), producer });

const likeness = (files: string): string =>
  files.replaceAll(/stage\.[a-z0-9.-]+|[a-z0-9-]+-\d+-[0-9a-f]{8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*');

const messages = (left: Left): string[] => Object.entries(left).flatMap(([path, text]) => (path === '/queue/a.tsv' ? [text] : []));

const elsewhere = (fs: FileSystem): FileSystem => withLink(fs, (from) => (from.startsWith('/in/') ? 'EXDEV' : undefined));

/** What came of a put, and of a repeat once the disk is well again. */
interface Outcome {
  first: unknown;
  repeat: unknown;
  closed: unknown;
}

async function putTwice(disk: FaultyDisk, fs: FileSystem, put: Put, outcome: Outcome): Promise<void> {
  const settle = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'fine').catch((error: unknown) => error);
  Object.assign(outcome, { first: undefined, repeat: undefined, closed: undefined });
  const queue = await open(fs).catch((error: unknown) => {
    expect(error).toBeInstanceOf(WorkQueueError);
    return undefined;
  });
  if (queue === undefined) return;
  outcome.first = await settle(put(queue));
  disk.heal();
  outcome.repeat = await settle(put(queue));
  outcome.closed = await settle(queue.close());
}

describe.each<readonly [string, (fs: FileSystem) => FileSystem, Put]>([
  ['a move', (fs) => fs, (queue) => queue.put(SOURCE)],
  ['a move from another device', elsewhere, (queue) => queue.put(SOURCE)],
  ['a copy', (fs) => fs, (queue) => queue.put(SOURCE, { copy: true })],
  ['a text', (fs) => fs, (queue) => queue.putText('a.tsv', ROWS)],
  ['a stream', (fs) => fs, (queue) => queue.putStream('a.tsv', [ROWS])],
])('%s of which a call fails', (kind, way, put) => {
  it('is acknowledged only if it is there whole, loses no source, and can be repeated', async () => {
    const outcome: Outcome = { first: undefined, repeat: undefined, closed: undefined };
    const isMove = kind.startsWith('a move');
    const { runs } = await eachError(
      { [SOURCE]: ROWS, '/queue/': '' },
      (disk) => putTwice(disk, way(disk), put, outcome),
      (left, _, { errno, reply, call }) => {
        const { first, repeat, closed } = outcome;
        for (const text of messages(left)) expect(text).toBe(ROWS);
        if (first === 'fine' || repeat === 'fine') expect(messages(left)).toEqual([ROWS]);
        if (isMove ? messages(left).length === 0 : true) expect(left[SOURCE]).toBe(ROWS);
        if (first === undefined) return;
        if (first !== 'fine') expect(first).toBeInstanceOf(WorkQueueError);
        // A second put of what is there is refused, and of a move there is nothing left to put.
        // A disk is believed that says of the source that it is gone.
        const isBelieved = errno === 'ENOENT' && reply === 'before' && call.operation === 'unlink' && call.path === SOURCE;
        const hasNothingLeft = isMove && !isBelieved && (first === 'fine' || repeat instanceof UnusableMessageError);
        if (repeat !== 'fine') expect(repeat).toBeInstanceOf(hasNothingLeft ? UnusableMessageError : MessageExistsError);
        // The reply to the removal of the source was lost: it is gone, and the message is there.
        if (hasNothingLeft) expect(messages(left)).toEqual([ROWS]);
        else if (isMove && first !== 'fine' && errno !== 'EEXIST' && errno !== 'ENOENT')
          expect([repeat, left[SOURCE]]).toEqual(['fine', undefined]);
        expect(closed).toBe('fine');
      },
      {
        errnos: ALL_ERRNOS,
        share: oneIn(2, 60),
        powerCuts: 2,
        likeness,
        ledger: () => [outcome.first, outcome.repeat, outcome.closed].map(String).map(likeness).join('\0'),
      },
    );
    expect(runs).toBeGreaterThan(bySize({ quick: 15, slow: 500, deep: 1_000 }));
  });
});

describe('a producer of which a call fails', () => {
  it('says its last word whole or not at all, and can say it again', async () => {
    const outcome = { opened: false, first: undefined as unknown, again: undefined as unknown };
    await eachError(
      { '/queue/': '' },
      async (disk) => {
        Object.assign(outcome, { opened: false, first: undefined, again: undefined });
        const queue = await open(disk, 'extract');
        outcome.opened = true;
        outcome.first = await queue.close().catch((error: unknown) => error);
        disk.heal();
        if (outcome.first !== undefined) {
          await expect(queue.putText('a.tsv', '')).rejects.toThrow(/was closed/);
          outcome.again = await queue.close().catch((error: unknown) => error);
        }
      },
      (left, _, { error }) => {
        if (error !== undefined) return expect(error).toBeInstanceOf(WorkQueueError);
        expect(outcome.again).toBeUndefined();
        if (outcome.first !== undefined) expect(outcome.first).toBeInstanceOf(WorkQueueError);
        const words = Object.entries(left).filter(([path]) => /\.(?:helo|done)$/.test(path));
        for (const [, text] of words) expect(JSON.parse(text).dibs.producer).toBe('extract');
        expect(words.filter(([path]) => path.endsWith('.done')).length).toBeGreaterThan(0);
      },
      {
        errnos: ['EIO', 'ENOSPC', 'EEXIST', 'ENOENT'],
        share: oneIn(1, 32),
        powerCuts: 2,
        likeness,
        ledger: () => likeness(JSON.stringify(outcome)),
      },
    );
  });
});

describe('an error says what, where and what to do', () => {
  const failing = async (operation: string, errno: string, put: Put = (queue) => queue.put(SOURCE)): Promise<unknown> => {
    const disk = new CrashingDisk({ [SOURCE]: ROWS, '/queue/': '' });
    const queue = await open(disk.process());
    await queue.dispose();
    let isOpen = false;
    const fs = disk.process({ faults: [{ at: (call) => isOpen && call.operation === operation, errno }] });
    const second = await open(fs);
    isOpen = true;
    return put(second).catch((error: unknown) => error);
  };

  it('of a disk that refuses', async () => {
    const error = await failing('sync', 'EIO');
    expect(error).toBeInstanceOf(DiskError);
    expect(error).toMatchObject({ operation: 'put', path: SOURCE, errno: 'EIO' });
  });

  it('of a disk that refuses what is no file yet: where it was to lie', async () => {
    const full = { operation: 'put', path: '/queue/a.tsv', errno: 'ENOSPC' };
    expect(await failing('write', 'ENOSPC', (queue) => queue.putText('a.tsv', 'rows'))).toMatchObject(full);
    expect(await failing('write', 'ENOSPC', (queue) => queue.putStream('a.tsv', ['rows']))).toMatchObject(full);
  });

  it('of a sync of the folder that failed: the message may be there, and the source is', async () => {
    expect(await failing('syncDirectory', 'EIO')).toBeInstanceOf(DiskError);
  });

  it('of a folder that can not be written, or is gone', async () => {
    expect(await failing('link', 'EROFS')).toBeInstanceOf(ReadOnlyQueueError);
    const fs = new CrashingDisk({ [SOURCE]: ROWS }).process();
    const queue = await open(fs);
    await fs.rename('/queue', '/moved');
    await expect(queue.put(SOURCE)).rejects.toBeInstanceOf(QueueNotFoundError);
    await expect(queue.putText('a.tsv', '')).rejects.toBeInstanceOf(QueueNotFoundError);
  });
});
