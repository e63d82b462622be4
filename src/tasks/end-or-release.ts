import type { TaskClaim, TaskStore } from '../stores/store.ts';

/**
 * Ends a claim. What the disk refuses of that gives the task back, as it was found, or if it is decided brings it to its end all
 * the same: else it would be had by this process, which lives, and nobody would ever end it. The error is thrown on.
 */
export async function endOrRelease(store: TaskStore, claim: TaskClaim, end: () => Promise<boolean>): Promise<boolean> {
  try {
    return await end();
  } catch (error) {
    await (claim.isOurs() ? store.release(claim) : end()).catch(() => undefined);
    throw error;
  }
}
