import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { whyNoId } from '../formats/task-name.ts';
import { assertMany } from '../queues/check-options.ts';
import { copyOf } from '../tasks/task-data.ts';
import { TaskIdError } from '../tasks/task-errors.ts';
import type { Batch } from './batch.ts';
import { BatchExistsError, BatchNotFoundError } from './batch-errors.ts';
import { batchOf, storeOf, within } from './batch-opening.ts';
import {
  type BatchPlaceOptions,
  checkCreateOptions,
  checkOpenOptions,
  checkPlaceOptions,
  type CreateBatchOptions,
  type OpenBatchOptions,
} from './batch-options.ts';
import { makePlan } from './make-plan.ts';

/**
 * Makes a batch of these parts, and announces them. The plan is written first, so that a stop in between leaves a batch
 * that `announce` completes; so does a repeat with the same id and parts, which gives the batch that is there, with the
 * metadata and the limits that it was made with.
 *
 * Of no parts it is reduced at once, if `reduce` is given: an attempt like any other, whose error is thrown on. The batch is there
 * then, and a repeat tries again.
 *
 * @throws BatchExistsError if the id has a batch of other parts, BatchNotFoundError if somebody deleted it meanwhile, TaskIdError, StoreUrlError, UnserialisableValueError, DiskError,
 * what `parts`, `publish` or `reduce` threw
 */
export async function createBatch<P, R = unknown>(
  parts: Iterable<P> | AsyncIterable<P>,
  options: CreateBatchOptions<P, R>,
): Promise<Batch<P, R>> {
  assertMany('createBatch', 'parts', parts);
  checkCreateOptions(options);
  const { id = randomUUID(), metadata, maxAttempts = 3, deleteWhenDone = false, publish, clock = systemClock } = options;
  assertBatchId(id);
  const facts = { metadata: copyOf(metadata ?? null), maxAttempts, deleteWhenDone, publishes: publish !== undefined };
  return within(options, async (store, isOurs) => {
    const { plan, digest } = await makePlan(store.shelf('batches', id), parts, { ...facts, createdAt: clock.wall().toISOString() });
    if (plan === undefined) throw new BatchNotFoundError(id, store.url);
    if (plan.digest !== digest) throw new BatchExistsError(id);
    const batch = await batchOf<P, R>(store, isOurs, id, options);
    try {
      await batch.announce(publish);
      // No worker ever comes by to do it. A stop leaves it to whoever brings a reduce, as a repeat of this does.
      if (batch.total === 0) await batch.reduceIfDue();
      return batch;
    } catch (error) {
      await batch.dispose();
      throw error;
    }
  });
}

/** Opens a batch that somebody made. @throws BatchNotFoundError, StoreUrlError, DamagedRecordError, DiskError */
export async function openBatch<P = unknown, R = unknown>(id: string, options: OpenBatchOptions<P, R>): Promise<Batch<P, R>> {
  checkOpenOptions(options);
  return within(options, (store, isOurs) => batchOf<P, R>(store, isOurs, id, options));
}

/**
 * Removes whatever there is of a batch: one whose plan can't be read too, and what is left of one whose maker died before it
 * was a batch. False if there is nothing. @throws TaskIdError, StoreUrlError, DiskError
 */
export async function deleteBatch(id: string, options: BatchPlaceOptions): Promise<boolean> {
  checkPlaceOptions('deleteBatch', options);
  assertBatchId(id);
  const { store, isOurs } = await storeOf(options);
  try {
    return await store.remove('batches', id);
  } finally {
    if (isOurs) await store.dispose();
  }
}

/** @throws TaskIdError */
function assertBatchId(id: string): void {
  const why = whyNoId(id);
  if (why !== null) throw new TaskIdError('the id of a batch', id, why);
}
