import type { Clock } from '../clock.ts';
import { QueueLockedError } from './ownership-errors.ts';
import { judge, look } from '../machines/liveness.ts';
import type { Sighting } from '../machines/liveness.ts';
import type { FileSystem } from './file-system.ts';
import { holderOf, readOwnerFile, standingOfOwner } from './owner-file.ts';
import type { ProcessIdentity, ProcessStanding } from './process-identity.ts';

export interface SuccessionOptions {
  readonly clock: Clock;
  /** How long to watch an owner that can't be asked for, in milliseconds, if it states no longer lease itself. */
  readonly leaseMs: number;
  readonly standing: (identity: ProcessIdentity) => ProcessStanding;
  /** Ends the watching with its reason. */
  readonly signal: AbortSignal | undefined;
}

/** Enough to see every fourth part of a beat, and far more than the three that a verdict needs. */
const LOOKS_A_LEASE = 20;

/**
 * Waits until owner `number` may be succeeded: true then, and false if its file is gone, since that means a later owner.
 *
 * At once if it gave the directory back, or was a process or a thread of this machine that is dead. Elsewhere its beat is watched for a
 * lease; so is a damaged file, whose owner can't be known. A dead owner stays dead, so what is true stays true.
 * @throws QueueLockedError if it lives: a process of this machine always, however long it stalls; elsewhere as soon as its
 * beat moves
 */
export async function waitForEnd(fs: FileSystem, directory: string, number: number, options: SuccessionOptions): Promise<boolean> {
  const { clock, standing, signal } = options;
  let seen: Sighting | undefined;
  for (;;) {
    const found = await readOwnerFile(fs, directory, number);
    if (found === undefined) return false;
    if (found.state && (found.state.released || wasLeft(found.state.record.token))) return true;
    const standingNow = found.state ? standingOfOwner(found.state.record, standing) : 'unknown';
    if (standingNow === 'dead') return true;
    const leaseMs = Math.max(options.leaseMs, found.state?.record.leaseMs ?? 0);
    seen = look(seen, found.beat, clock.monotonic(), leaseMs);
    const liveness = standingNow === 'alive' ? standingNow : judge(seen, leaseMs);
    if (liveness === 'alive') throw new QueueLockedError(directory, holderOf(found.state));
    if (liveness === 'dead') return true;
    await pause(clock, leaseMs / LOOKS_A_LEASE, signal);
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

const left = new Set<string>();

/**
 * Notes an owner of this very process that is one no more, though its file could not be told: without this the process
 * would wait for itself.
 */
export function leave(token: string): void {
  left.add(token);
}

function wasLeft(token: string): boolean {
  return left.has(token);
}
