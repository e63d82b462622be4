import { BatchNotFoundError } from '../batches/batch-errors.ts';
import {
  FormatVersionError,
  NotAQueueError,
  QueueNotFoundError,
  ReadOnlyQueueError,
  UnserialisableValueError,
  WorkQueueError,
} from '../errors.ts';
import { QueueLockedError, QueueTakenError } from '../fs/ownership-errors.ts';
import { FolderNotFoundError, MeetingFailedError } from '../doctor/doctor-errors.ts';
import { FolderInUseError, FolderOptionsError } from '../folders/folder-errors.ts';
import { NotAStoreError, ReadOnlyStoreError, StoreUrlError } from '../stores/store-errors.ts';
import { TaskIdError, TaskLockedError, TaskNotDueError, TaskNotFoundError, TaskRefusedError } from '../tasks/task-errors.ts';
import { CannotStartError } from './cannot-start-error.ts';
import { NotThereError } from './not-there-error.ts';
import { UsageError } from './usage-error.ts';

/** What `dibs` ends with. The same table is in docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** Work failed, damage was found, or anything else went wrong. */
  failed: 1,
  usage: 2,
  notAQueue: 3,
  newerFormat: 4,
  notPermitted: 5,
  /** A task is in a status from which it is not started, and stays there unless somebody changes that. */
  refused: 6,
  /** EX_TEMPFAIL: somebody else has the queue. Try again later. */
  held: 75,
  notExecutable: 126,
  notFound: 127,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

const BY_ERROR = [
  [UsageError, EXIT.usage],
  [UnserialisableValueError, EXIT.usage],
  [FolderOptionsError, EXIT.usage],
  [StoreUrlError, EXIT.usage],
  [TaskIdError, EXIT.usage],
  [NotAQueueError, EXIT.notAQueue],
  [QueueNotFoundError, EXIT.notAQueue],
  [FolderNotFoundError, EXIT.notAQueue],
  [NotThereError, EXIT.notAQueue],
  [NotAStoreError, EXIT.notAQueue],
  [TaskNotFoundError, EXIT.notAQueue],
  [BatchNotFoundError, EXIT.notAQueue],
  [FormatVersionError, EXIT.newerFormat],
  [ReadOnlyQueueError, EXIT.notPermitted],
  [ReadOnlyStoreError, EXIT.notPermitted],
  [QueueLockedError, EXIT.held],
  [QueueTakenError, EXIT.held],
  [FolderInUseError, EXIT.held],
  [MeetingFailedError, EXIT.held],
  [TaskLockedError, EXIT.held],
  [TaskNotDueError, EXIT.held],
  // After those that are refusals too.
  [TaskRefusedError, EXIT.refused],
] as const;

const NOT_PERMITTED = new Set<unknown>(['EACCES', 'EPERM', 'EROFS']);

export function exitCodeOfError(error: unknown): number {
  const known = BY_ERROR.find(([kind]) => error instanceof kind);
  if (known) return known[1];
  if (error instanceof CannotStartError) return error.errno === 'ENOENT' ? EXIT.notFound : EXIT.notExecutable;
  return NOT_PERMITTED.has(errnoOf(error)) ? EXIT.notPermitted : EXIT.failed;
}

/**
 * Like GNU parallel: how many failed, and 101 for more than a hundred. 75 failures are 76, so that 75 always means
 * that the queue is held and another try is worth while.
 */
export function exitCodeOfFailures(failed: number): number {
  if (failed > 100) return 101;
  return failed === EXIT.held ? EXIT.held + 1 : failed;
}

export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

function errnoOf(error: unknown): unknown {
  if (error instanceof WorkQueueError && 'errno' in error) return error.errno;
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
