import { expect, it } from 'vitest';
import { exitCodeOfError, exitCodeOfFailures, exitCodeOfSignal } from '../../src/cli/exit-code.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import {
  DiskError,
  FormatVersionError,
  NotAQueueError,
  QueueNotFoundError,
  ReadOnlyQueueError,
  UnserialisableValueError,
} from '../../src/errors.ts';
import { NotAStoreError, ReadOnlyStoreError } from '../../src/stores/store-errors.ts';
import { QueueLockedError, QueueTakenError } from '../../src/fs/ownership-errors.ts';
import { FolderInUseError, FolderOptionsError } from '../../src/folders/folder-errors.ts';

it.each([
  [new UsageError('x'), 2],
  [new UnserialisableValueError('x'), 2],
  [new FolderOptionsError('q', 'extension', '.tsv', '.csv'), 2],
  [new NotAQueueError('q', 'x'), 3],
  [new QueueNotFoundError('q'), 3],
  [new NotAStoreError('s', 'x'), 3],
  [new ReadOnlyStoreError('s'), 5],
  [new FormatVersionError('q', 2, 1), 4],
  [new ReadOnlyQueueError('q'), 5],
  [new DiskError('open', 'q', 'EACCES'), 5],
  [Object.assign(new Error('x'), { code: 'EROFS' }), 5],
  [new QueueLockedError('q', { host: 'h', pid: 1, since: '2026-01-01T00:00:00.000Z' }), 75],
  [new QueueTakenError('q'), 75],
  [new FolderInUseError('reset', 'q', 'etl-1-4711'), 75],
  [new DiskError('open', 'q', 'ENOSPC'), 1],
  [new Error('x'), 1],
  ['a string', 1],
])('ends %s with %d', (error, code) => expect(exitCodeOfError(error)).toBe(code));

it('counts failures as GNU parallel does, but never says 75 for them: that means held', () => {
  expect([0, 1, 2, 74, 75, 76, 100, 101, 5_000].map(exitCodeOfFailures)).toEqual([0, 1, 2, 74, 76, 76, 100, 101, 101]);
});

it('ends by a signal as a shell would say it', () => {
  expect([exitCodeOfSignal('SIGINT'), exitCodeOfSignal('SIGTERM')]).toEqual([130, 143]);
});
