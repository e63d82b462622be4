import { FormatVersionError, type WorkQueueError } from '../errors.ts';
import type { DamagedTask } from '../stores/store.ts';
import { DamagedRecordError } from '../stores/store-errors.ts';

/** What can be read of a task by this version, at most. */
const FORMAT = 1;

/** The error for a task that can't be read: damaged, or written by a newer version. */
export function unreadableError({ path, reason, newer }: DamagedTask): WorkQueueError {
  return newer === undefined ? new DamagedRecordError(path, reason) : new FormatVersionError(path, newer, FORMAT);
}
