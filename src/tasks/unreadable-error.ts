import { FormatVersionError, type WorkQueueError } from '../errors.ts';
import type { DamagedTask } from '../stores/store.ts';
import { DamagedRecordError } from '../stores/store-errors.ts';
import { TASK_FORMAT } from '../stores/task-files.ts';

/** The error for a task that can't be read: damaged, or written by a newer version. */
export function unreadableError({ path, reason, newer }: DamagedTask): WorkQueueError {
  return newer === undefined ? new DamagedRecordError(path, reason) : new FormatVersionError(path, newer, TASK_FORMAT.version);
}
