import { disk } from './disk.ts';
import { isErrno } from './errno.ts';
import type { FileSystem } from './file-system.ts';

/** What the lock is called: a directory, made by who has it. */
export const MAINTENANCE_LOCK = 'maintenance.lock';

/** Who is gone leaves a lock that grows old: after so long it is somebody else's, in milliseconds. */
const STALE_MS = 5_000;
/** Long enough for that, and a little more. */
const LONGEST_WAIT_MS = 8_000;
const LOOK_AGAIN_MS = 250;

/**
 * Keeps two who clear up the same directory from working at once; gives what lets it go, or null if somebody else has it for
 * too long. A courtesy, no more: who stalls loses it unknowingly, and it goes by clocks. So nothing may rest on it, and where
 * it can't be had at all, on a disk in memory or one that can't be written, the work goes on without.
 */
export async function takeMaintenanceLock(
  fs: FileSystem,
  directory: string,
  { waitMs = LONGEST_WAIT_MS }: { readonly waitMs?: number } = {},
): Promise<(() => Promise<void>) | null> {
  if (fs !== disk) return async () => undefined;
  // Loaded when it is needed: it listens to signals from then on.
  const { lock } = await import('proper-lockfile');
  const take = (retries: number): Promise<() => Promise<void>> =>
    lock(directory, {
      lockfilePath: `${directory}/${MAINTENANCE_LOCK}`,
      realpath: false,
      stale: STALE_MS,
      retries: { retries, factor: 1, minTimeout: LOOK_AGAIN_MS, maxTimeout: LOOK_AGAIN_MS },
      onCompromised: () => undefined,
    });
  try {
    // It tries again whatever went wrong: only what somebody else has is worth waiting for.
    const release = await take(0).catch((error: unknown) => {
      if (!isErrno(error, 'ELOCKED')) throw error;
      return take(Math.ceil(Math.min(waitMs, LONGEST_WAIT_MS) / LOOK_AGAIN_MS));
    });
    // It may be gone by now, or another's.
    return () => release().catch(() => undefined);
  } catch (error) {
    return isErrno(error, 'ELOCKED') ? null : async () => undefined;
  }
}
