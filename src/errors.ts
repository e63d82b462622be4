/** What a caller may catch, on whatever floor it is thrown: errors of one floor alone lie there. Every error carries a fixed `code`, the facts as fields, and what to do next in its message. */
export abstract class WorkQueueError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }

  /** Whether trying again can't help: an item whose handler throws this is given up at once. */
  get isPermanent(): boolean {
    return false;
  }

  /** Whether nothing was tried, since somebody else has what was asked for: an item whose handler throws this is given back, uncounted. */
  get isNoAttempt(): boolean {
    return false;
  }
}

/** The directory holds files, but not a queue of ours. Nothing in it was touched. */
export class NotAQueueError extends WorkQueueError {
  readonly code = 'ERR_NOT_A_QUEUE';
  readonly directory: string;

  constructor(directory: string, found: string, options?: ErrorOptions) {
    super(`${directory} is not a queue: ${found}. Name an empty or new directory, or the one the queue was made in.`, options);
    this.directory = directory;
  }
}

/** There is no such directory. Thrown only by what reads: opening a queue makes its directory. */
export class QueueNotFoundError extends WorkQueueError {
  readonly code = 'ERR_QUEUE_NOT_FOUND';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(`There is no queue at ${directory}. Check the path; a queue is made by its first put.`, options);
    this.directory = directory;
  }
}

/** The directory was written by a newer version of the format. Nothing in it was touched. */
export class FormatVersionError extends WorkQueueError {
  readonly code = 'ERR_FORMAT_VERSION';
  readonly path: string;
  readonly found: number;
  readonly supported: number;

  constructor(path: string, found: number, supported: number, options?: ErrorOptions) {
    super(`${path} is written in format ${found}, and this version reads up to ${supported}. Upgrade dibs: npm i dibs@latest`, options);
    this.path = path;
    this.found = found;
    this.supported = supported;
  }
}

/** The directory can't be written: its permissions, or a file system that is mounted read-only. */
export class ReadOnlyQueueError extends WorkQueueError {
  readonly code = 'ERR_READ_ONLY_QUEUE';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(
      `${directory} can't be written. Give this user write permission, or read it with \`dibs status\` and \`dibs outstanding\`.`,
      options,
    );
    this.directory = directory;
  }
}

/** The queue takes no more: it was closed, failed or disposed. */
export class QueueClosedError extends WorkQueueError {
  readonly code = 'ERR_QUEUE_CLOSED';
  readonly operation: string;

  constructor(operation: string, directory: string, state: string, options?: ErrorOptions) {
    super(`${operation} on ${directory}, which was ${state}. Open it again to go on.`, options);
    this.operation = operation;
  }
}

/** Nothing came, or no room was made, in the time given. Nothing was taken and nothing was put. */
export class QueueTimeoutError extends WorkQueueError {
  readonly code = 'ERR_QUEUE_TIMEOUT';
  readonly operation: string;
  readonly timeoutMs: number;

  constructor(operation: string, where: string, timeoutMs: number, options?: ErrorOptions) {
    super(`${operation} on ${where} waited ${timeoutMs} ms in vain. Try again, or give it a longer timeoutMs.`, options);
    this.operation = operation;
    this.timeoutMs = timeoutMs;
  }
}

/** The producer said that it failed: what is here is not all there should be. */
export class UpstreamFailedError extends WorkQueueError {
  readonly code = 'ERR_UPSTREAM_FAILED';
  readonly where: string;

  constructor(where: string, reason: string, options?: ErrorOptions) {
    super(`The producer of ${where} failed: ${reason}. Mend it and run it again; what was not done is still there.`, options);
    this.where = where;
  }
}

/** `done`, `release` or `fail` on an item that was settled before. Nothing was changed. */
export class ItemSettledError extends WorkQueueError {
  readonly code = 'ERR_ITEM_SETTLED';
  readonly id: string;
  readonly operation: string;
  /** How it was settled before: `done`, `released`, `failed`. */
  readonly before: string;

  constructor(operation: string, id: string, before: string, options?: ErrorOptions) {
    super(`${operation} on ${id}, which is already ${before}. Settle each item once.`, options);
    this.operation = operation;
    this.id = id;
    this.before = before;
  }
}

/** The value can't be written down: the codec threw, or gave no single line of text. The queue is as it was. */
export class UnserialisableValueError extends WorkQueueError {
  readonly code = 'ERR_UNSERIALISABLE_VALUE';

  constructor(why: string, options?: ErrorOptions) {
    super(`The value can't be written down: ${why}. Give what the codec can write (by default, what JSON can).`, options);
  }
}

/** The disk refused. Nothing of the operation was acknowledged; the queue goes on if the disk does. */
export class DiskError extends WorkQueueError {
  readonly code = 'ERR_DISK';
  readonly operation: string;
  readonly path: string;
  /** The system's name for it, as `ENOSPC`. */
  readonly errno: string;

  constructor(operation: string, path: string, errno: string | undefined, options?: ErrorOptions) {
    super(`${operation} ${path}: ${errno ?? 'unknown error'}. Nothing was acknowledged; ${adviceOn(errno)} and try again.`, options);
    this.operation = operation;
    this.path = path;
    this.errno = errno ?? 'unknown error';
  }
}

function adviceOn(errno: string | undefined): string {
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') return 'give this user permission to write there';
  return errno === 'ENOSPC' || errno === 'EDQUOT' ? 'make room on the disk' : 'mend the disk';
}

/**
 * A sync failed, or a write did and could not be taken back: it is unknown what the disk holds. Everything is refused until
 * the queue is opened again.
 */
export class QueueBrokenError extends WorkQueueError {
  readonly code = 'ERR_QUEUE_BROKEN';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(`${directory} can't say any more what the disk holds. Open it again: what was acknowledged is there.`, options);
    this.directory = directory;
  }
}

/** The process that shares the queue is gone. What this worker held is given to others. */
export class OwnerLostError extends WorkQueueError {
  readonly code = 'ERR_OWNER_LOST';

  constructor(options?: ErrorOptions) {
    super('The process that shares this queue is gone. What was not done comes again when the queue is opened; end this worker.', options);
  }
}

/** Throw it from a handler when trying again can't help: the item is given up at once. */
export class PermanentError extends WorkQueueError {
  readonly code = 'ERR_PERMANENT';

  override get isPermanent(): boolean {
    return true;
  }
}

/**
 * The claim was taken back while this process stood still for longer than its lease, or by a reset. Nothing was changed:
 * the message is somebody else's now, or ready again.
 */
export class ClaimLostError extends WorkQueueError {
  readonly code = 'ERR_CLAIM_LOST';
  /** The message's own name. */
  readonly file: string;
  readonly directory: string;

  constructor(directory: string, file: string, options?: ErrorOptions) {
    super(`${file} in ${directory} is not claimed any more: it was taken back. Leave it; it is handled again. See leaseMs.`, options);
    this.directory = directory;
    this.file = file;
  }
}
