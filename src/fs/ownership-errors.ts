import { WorkQueueError } from '../errors.ts';

/** Somebody else owns the queue, and lives. */
export class QueueLockedError extends WorkQueueError {
  readonly code = 'ERR_QUEUE_LOCKED';
  readonly directory: string;
  /** Who owns it: host, process id, since when. */
  readonly holder: QueueHolder;

  constructor(directory: string, holder: QueueHolder, options?: ErrorOptions) {
    super(
      `${directory} is in use by process ${holder.pid} on ${holder.host} since ${holder.since}. Wait until it ends, or share its queue with queue.share().`,
      options,
    );
    this.directory = directory;
    this.holder = holder;
  }
}

/** The process that owns a queue. */
export interface QueueHolder {
  readonly host: string;
  readonly pid: number;
  /** When it took the queue, by its own clock, as ISO 8601. For people; nothing is decided by it. */
  readonly since: string;
}

/**
 * This queue was taken over while its process stood still for longer than its lease. What was under way was not
 * acknowledged: the new owner decides about it.
 */
export class QueueTakenError extends WorkQueueError {
  readonly code = 'ERR_QUEUE_TAKEN';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(`${directory} was taken over by another process while this one stood still. Open it again to go on.`, options);
    this.directory = directory;
  }
}
