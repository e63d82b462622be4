import type { TaskClaim, TaskStore } from '../stores/store.ts';

/**
 * Ends a claim. What the disk refuses of that gives the task back, as it was found: else it would be had by this process, which
 * lives, and nobody would ever end it. The error is thrown on.
 */
export async function endOrRelease(store: TaskStore, claim: TaskClaim, end: () => Promise<boolean>): Promise<boolean> {
  try {
    return await end();
  } catch (error) {
    // If it is not ours any more it is decided, and on its way.
    if (claim.isOurs()) await store.release(claim).catch(() => undefined);
    throw error;
  }
}
