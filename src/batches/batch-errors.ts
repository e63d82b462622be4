import { WorkQueueError } from '../errors.ts';

/** There is no batch of that id in the store. */
export class BatchNotFoundError extends WorkQueueError {
  readonly code = 'ERR_BATCH_NOT_FOUND';
  readonly batchId: string;

  constructor(batchId: string, store: string, options?: ErrorOptions) {
    super(`There is no batch ${batchId} in ${store}. Check the id; a batch is made by createBatch.`, options);
    this.batchId = batchId;
  }
}

/** There is a batch of that id, of other parts. Nothing was changed. */
export class BatchExistsError extends WorkQueueError {
  readonly code = 'ERR_BATCH_EXISTS';
  readonly batchId: string;

  constructor(batchId: string, options?: ErrorOptions) {
    super(`There is a batch ${batchId} already, of other parts. Give this one another id, or delete that one.`, options);
    this.batchId = batchId;
  }
}

/** The batch has no part of that id. */
export class PartNotFoundError extends WorkQueueError {
  readonly code = 'ERR_PART_NOT_FOUND';
  readonly batchId: string;
  readonly part: string;

  constructor(batchId: string, part: string, total: number, options?: ErrorOptions) {
    super(`Batch ${batchId} has no part ${part}. ${total === 0 ? 'It has none at all.' : `Its parts are 0 to ${total - 1}.`}`, options);
    this.batchId = batchId;
    this.part = part;
  }
}

/**
 * The batch has failed, and that is its end: no part of it runs any more, and no reduce. Permanent: a queue that brought the
 * part gives its message up at once.
 */
export class BatchFailedError extends WorkQueueError {
  readonly code = 'ERR_BATCH_FAILED';
  readonly batchId: string;
  readonly reason: string;

  constructor(batchId: string, reason: string, options?: ErrorOptions) {
    super(`Batch ${batchId} has failed: ${reason}. Mend that, delete it, and create it again.`, options);
    this.batchId = batchId;
    this.reason = reason;
  }

  override get isPermanent(): boolean {
    return true;
  }
}

/** There is nothing to reduce yet: parts are left. */
export class BatchNotReadyError extends WorkQueueError {
  readonly code = 'ERR_BATCH_NOT_READY';
  readonly batchId: string;

  constructor(batchId: string, options?: ErrorOptions) {
    super(`Batch ${batchId} has parts that are not done. Reduce it when all of them are.`, options);
    this.batchId = batchId;
  }
}
