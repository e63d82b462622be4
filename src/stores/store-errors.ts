import { WorkQueueError } from '../errors.ts';

/** A record can't be read: somebody wrote in it by hand, or the disk lost a part. No other record is harmed by it. */
export class DamagedRecordError extends WorkQueueError {
  readonly code = 'ERR_DAMAGED_RECORD';
  readonly path: string;

  /** @param options `whole`: what it is a part of, and goes with it */
  constructor(path: string, reason: string, { whole = 'task', ...options }: ErrorOptions & { readonly whole?: 'task' | 'batch' } = {}) {
    super(`${path} can't be read: ${reason}. Put a copy of it back, or delete the ${whole}.`, options);
    this.path = path;
  }
}

/** No store can be opened by that address. */
export class StoreUrlError extends WorkQueueError {
  readonly code = 'ERR_STORE_URL';
  readonly url: string;

  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`${url === '' ? 'An empty address' : url} is no store: ${why}`, options);
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
