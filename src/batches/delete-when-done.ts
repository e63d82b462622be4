import { BatchNotFoundError } from './batch-errors.ts';
import { type BatchGround, isThere } from './batch-ground.ts';
import { type BatchStatus, batchStatus } from './batch-status.ts';
import { isDone } from './reduce-work.ts';

/** Removes this very batch with all that is in it: false if it is gone, whatever has its id since. */
export async function deleteThis(ground: BatchGround): Promise<boolean> {
  return (await isThere(ground)) && ground.store.remove('batches', ground.id);
}

/** Whoever finds it done removes it: who has done it may have been stopped before. */
export async function deleteIfDone(ground: BatchGround): Promise<void> {
  if (ground.plan.deleteWhenDone && (await isDone(ground))) await deleteThis(ground);
}

/** How it stands before it is removed; null if somebody else was faster. */
export async function lastStatus(ground: BatchGround): Promise<BatchStatus | null> {
  try {
    return await batchStatus(ground);
  } catch (error) {
    if (ground.plan.deleteWhenDone && error instanceof BatchNotFoundError) return null;
    throw error;
  } finally {
    await deleteIfDone(ground);
  }
}
