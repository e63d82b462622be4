import { DiskError, FormatVersionError } from '../errors.ts';
import { DamagedRecordError } from '../stores/store-errors.ts';
import type { Store } from '../stores/store.ts';
import { BatchNotFoundError } from './batch-errors.ts';
import { batchOf, storeOf } from './batch-opening.ts';
import { type BatchPlaceOptions, checkListOptions, type ListBatchesOptions } from './batch-options.ts';
import type { BatchState, BatchStatus } from './batch-status.ts';

/**
 * The batches in a store, by id, as they stand.
 * @throws DamagedRecordError, FormatVersionError or DiskError for one that can't be read: once all others were given
 */
export async function* listBatches(options: ListBatchesOptions): AsyncGenerator<BatchStatus, void, void> {
  checkListOptions(options);
  const { state = [] } = options;
  const states: readonly BatchState[] = typeof state === 'string' ? [state] : state;
  const { store, isOurs } = await storeOf(options);
  const unread: unknown[] = [];
  try {
    for (const id of await store.names('batches')) {
      const status = await statusOf(store, id, options).catch((error: unknown) => {
        if (!isOfOne(error)) throw error;
        unread.push(error);
        return undefined;
      });
      if (status !== undefined && (options.state === undefined || states.includes(status.state))) yield status;
    }
    if (unread.length > 0) throw unread[0];
  } finally {
    if (isOurs) await store.dispose();
  }
}

/** What keeps one batch from being read harms no other: a damaged record, a newer format, a file where a directory should be. */
function isOfOne(error: unknown): boolean {
  return [DamagedRecordError, FormatVersionError, DiskError].some((kind) => error instanceof kind);
}

/** Undefined for one that is being made, or was deleted meanwhile. */
async function statusOf(store: Store, id: string, options: BatchPlaceOptions): Promise<BatchStatus | undefined> {
  try {
    const batch = await batchOf(store, false, id, options);
    try {
      return await batch.status();
    } finally {
      await batch.dispose();
    }
  } catch (error) {
    if (error instanceof BatchNotFoundError) return undefined;
    throw error;
  }
}
