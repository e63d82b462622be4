import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { LAST_OWNER, type OwnerRecord } from '../formats/owner-record.ts';
import type { FileSystem } from './file-system.ts';
import { highestOwnerRun, lastOfAll } from './owner-chain.ts';
import { type ProcessIdentity, processIdentity } from './process-identity.ts';
import { threadIdentity } from './thread-identity.ts';

/** Who is to be the owner of a directory. */
export interface NewOwner {
  /** How long an owner elsewhere may be silent, and how long this one is to be waited for, in milliseconds. */
  readonly leaseMs: number;
  /** The highest run that these names, or what the caller knows beside them, speak of. @default 0 */
  readonly highestRun?: (names: readonly string[], ofOwners: number) => number;
  readonly clock?: Clock;
  /** @default this process */
  readonly identity?: ProcessIdentity;
}

/**
 * What the next owner says of itself. Undefined if the last owner's file is gone: there is a later one now.
 * @throws NotAQueueError if there is no number left
 */
export async function newOwnerRecord(
  fs: FileSystem,
  directory: string,
  names: readonly string[],
  { leaseMs, clock = systemClock, identity, highestRun }: NewOwner,
): Promise<OwnerRecord | undefined> {
  const lastRun = await highestOwnerRun(fs, directory, names);
  if (lastRun === undefined) return undefined;
  const run = Math.max(lastRun, highestRun?.(names, lastRun) ?? 0) + 1;
  if (run > LAST_OWNER) throw lastOfAll(directory, names);
  const { host, bootId, pidNamespace, timeNamespace, pid, startTime } = identity ?? processIdentity();
  const thread = identity ? undefined : threadIdentity();
  const process = { host, bootId, pidNamespace, timeNamespace, pid, startTime };
  const token = randomBytes(8).toString('hex');
  return { run, token, ...process, since: clock.wall().toISOString(), leaseMs, ...(thread !== undefined && { thread }) };
}
