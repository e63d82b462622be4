/** What a caller may catch. Every error carries a fixed `code`, the facts as fields, and what to do next in its message. */
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
    super(`The value can't be put: ${why}. Put what the codec can write (by default, what JSON can).`, options);
  }
}

/** The value does not fit the queue's schema. The queue is as it was. */
export class InvalidValueError extends WorkQueueError {
  readonly code = 'ERR_INVALID_VALUE';
  /** The schema's complaints, each with the path to what it is about. */
  readonly issues: readonly { readonly message: string; readonly path?: readonly PropertyKey[] }[];

  constructor(issues: InvalidValueError['issues'], options?: ErrorOptions) {
    const first = issues
      .slice(0, 3)
      .map((issue) => (issue.path?.length ? `${issue.path.map(String).join('.')}: ${issue.message}` : issue.message));
    super(`The value does not fit the schema: ${first.join('; ')}${issues.length > 3 ? ` and ${issues.length - 3} more` : ''}.`, options);
    this.issues = issues;
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
    super(`${operation} ${path}: ${errno ?? 'unknown error'}. Nothing was acknowledged; mend the disk and try again.`, options);
    this.operation = operation;
    this.path = path;
    this.errno = errno ?? 'unknown error';
  }
}

/** A sync failed, so it is unknown what the disk holds. Everything is refused until the queue is opened again. */
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

/** A handler took longer than it may. It counts as a failed attempt, whatever the handler did after its signal aborted. */
export class HandlerTimeoutError extends WorkQueueError {
  readonly code = 'ERR_HANDLER_TIMEOUT';
  readonly id: string;
  readonly timeoutMs: number;

  constructor(id: string, timeoutMs: number, options?: ErrorOptions) {
    super(`The handler of ${id} took longer than ${timeoutMs} ms. Give it a longer timeoutMs, or less to do.`, options);
    this.id = id;
    this.timeoutMs = timeoutMs;
  }
}

/** There is no folder to examine: nothing is there, or something else. */
export class FolderNotFoundError extends WorkQueueError {
  readonly code = 'ERR_FOLDER_NOT_FOUND';
  readonly directory: string;

  constructor(directory: string, why: string, options?: ErrorOptions) {
    super(`${directory} ${why}. Name a folder that is there: dibs doctor examines it, and makes none.`, options);
    this.directory = directory;
  }
}

/** The runs of `dibs doctor` that were to examine a folder together did not all come, or not all stay. */
export class MeetingFailedError extends WorkQueueError {
  readonly code = 'ERR_MEETING_FAILED';
  readonly directory: string;

  constructor(directory: string, why: string, options?: ErrorOptions) {
    super(
      `${why} in ${directory}. Start all of them within the time that --wait gives, with the same folder and the same number.`,
      options,
    );
    this.directory = directory;
  }
}

/** An optional package is missing. */
export class MissingPeerError extends WorkQueueError {
  readonly code = 'ERR_MISSING_PEER';
  readonly peer: string;

  constructor(peer: string, wantedBy: string, options?: ErrorOptions) {
    super(`${wantedBy} needs ${peer}, which is not installed. Run: npm i ${peer}`, options);
    this.peer = peer;
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

/** There is a message of that name, ready or in a folder of the queue. The source is untouched. */
export class MessageExistsError extends WorkQueueError {
  readonly code = 'ERR_MESSAGE_EXISTS';
  readonly path: string;

  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is there already, and is left as it is. Put it under another name, or wait until that one is done.`, options);
    this.path = path;
  }
}

/** What was to be put can't be a message of this queue. Nothing was changed. */
export class UnusableMessageError extends WorkQueueError {
  readonly code = 'ERR_UNUSABLE_MESSAGE';
  /** The name it was to have. */
  readonly file: string;

  constructor(name: string, why: string, next: string, options?: ErrorOptions) {
    super(`${JSON.stringify(name)} can't be put: ${why}. ${next}`, options);
    this.file = name;
  }
}

/** The folder is used with other options already. Nothing was changed. */
export class FolderOptionsError extends WorkQueueError {
  readonly code = 'ERR_FOLDER_OPTIONS';
  readonly directory: string;
  readonly option: string;

  constructor(directory: string, option: string, found: unknown, given: unknown, options?: ErrorOptions) {
    super(
      `${directory} is a queue with ${option} ${JSON.stringify(found)}, not ${JSON.stringify(given)}. Leave the option out, or purge the folder and make it anew.`,
      options,
    );
    this.directory = directory;
    this.option = option;
  }
}

/** A producer is gone without having said that it was done: what is here is not all there should be. All that was ready was handed out. */
export class ProducerLostError extends WorkQueueError {
  readonly code = 'ERR_PRODUCER_LOST';
  readonly directory: string;
  /** Its name, process and host. */
  readonly producer: string;

  constructor(directory: string, producer: string, options?: ErrorOptions) {
    super(
      `${producer} filled ${directory} and is gone without a last word. Run it again; or clear its control files, if that was all.`,
      options,
    );
    this.directory = directory;
    this.producer = producer;
  }
}

/** Somebody alive uses the folder, so it can't be cleared up. Nothing was changed. */
export class FolderInUseError extends WorkQueueError {
  readonly code = 'ERR_FOLDER_IN_USE';
  readonly directory: string;
  /** Who: a consumer's or producer's name. */
  readonly user: string;
  /** False if it may be dead: elsewhere that can't be told before it was silent for a whole lease. */
  readonly isAlive: boolean;

  constructor(
    operation: string,
    directory: string,
    user: string,
    { isAlive = true, ...options }: ErrorOptions & { readonly isAlive?: boolean } = {},
  ) {
    super(
      isAlive
        ? `${operation} on ${directory}, which ${user} uses. Stop it first, or say force: it loses what it holds.`
        : `${operation} on ${directory}, which ${user} may use: it is silent, but not for long enough to be dead. Wait for a lease (see waitMs), or say force.`,
      options,
    );
    this.directory = directory;
    this.user = user;
    this.isAlive = isAlive;
  }
}

/** What was to be finished by its path is no claimed file of the folder. Nothing was changed. */
export class NotAClaimError extends WorkQueueError {
  readonly code = 'ERR_NOT_A_CLAIM';
  readonly path: string;
  readonly directory: string;

  constructor(path: string, directory: string, why: string, options?: ErrorOptions) {
    super(`${path} is no claimed file of ${directory}: ${why}. Give the path that the file had when it was handed out.`, options);
    this.path = path;
    this.directory = directory;
  }
}

/** A record can't be read: somebody wrote in it by hand, or the disk lost a part. No other record is harmed by it. */
export class DamagedRecordError extends WorkQueueError {
  readonly code = 'ERR_DAMAGED_RECORD';
  readonly path: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} can't be read: ${reason}. Put a copy of it back, or delete it.`, options);
    this.path = path;
  }
}

/** No store can be opened by that address. */
export class StoreUrlError extends WorkQueueError {
  readonly code = 'ERR_STORE_URL';
  readonly url: string;

  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`${url} is no store: ${why}`, options);
    this.url = url;
  }
}

/** The directory holds files, but no store of ours. Nothing in it was touched. */
export class NotAStoreError extends WorkQueueError {
  readonly code = 'ERR_NOT_A_STORE';
  readonly directory: string;

  constructor(directory: string, found: string, options?: ErrorOptions) {
    super(`${directory} is not a store: ${found}. Name an empty or new directory, or the one the store was made in.`, options);
    this.directory = directory;
  }
}

/** The store's directory can't be written: its permissions, or a file system that is mounted read-only. */
export class ReadOnlyStoreError extends WorkQueueError {
  readonly code = 'ERR_READ_ONLY_STORE';
  readonly directory: string;

  constructor(directory: string, options?: ErrorOptions) {
    super(`${directory} can't be written. Give this user write permission.`, options);
    this.directory = directory;
  }
}
