import { WorkQueueError } from '../errors.ts';

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
