import { type Caretaker, type MaintenanceOptions, passingCaretaker } from '../folders/maintenance.ts';
import { purge, type PurgeReport } from '../folders/purge.ts';
import { clearControlFiles, releaseClaims, reset, type ResetReport } from '../folders/reset.ts';
import { retryFailed } from '../folders/retry-failed.ts';
import { checkOptions, isIterable, type OptionRules, show } from './check-options.ts';
import { existingFolder, existingQueue } from './existing-folder.ts';
import { checkFolderOptions, FOLDER_RULES, type FolderOptions } from './folder-options.ts';
import { DEFAULT_LEASE_MS } from './open-folder.ts';

/** What a folder is told that is cleared up from outside, by somebody who neither reads nor fills it. */
export interface FolderMaintenanceOptions extends FolderOptions, MaintenanceOptions {}

const MAINTENANCE_RULES: OptionRules = {
  force: { wants: 'a boolean', test: (value) => typeof value === 'boolean' },
  waitMs: { wants: 'milliseconds, from 0', test: (value) => typeof value === 'number' && value >= 0 },
};

const RULES: OptionRules = { ...FOLDER_RULES, ...MAINTENANCE_RULES };

/** Refuses what can't be meant. */
export function checkMaintenanceOptions(where: string, options: unknown): void {
  checkOptions(where, options, MAINTENANCE_RULES);
}

/** The names of what is to be retried, once each; undefined for all. */
export function namesToRetry(names: Iterable<string> | undefined): ReadonlySet<string> | undefined {
  if (names !== undefined && (typeof names === 'string' || !isIterable(names)))
    throw new TypeError(`retry takes names in an array or a set, got ${show(names)}.`);
  return names && new Set(names);
}

function caretakerOf({ leaseMs = DEFAULT_LEASE_MS }: FolderMaintenanceOptions): Caretaker {
  return passingCaretaker(leaseMs);
}

/**
 * Makes a folder as it was before its messages were worked on: what is claimed is ready again, what producers said is gone.
 * @throws QueueNotFoundError, NotAQueueError, FormatVersionError, FolderInUseError, ReadOnlyQueueError, DiskError, TypeError
 */
export async function resetFolder(directory: string, options: FolderMaintenanceOptions = {}): Promise<ResetReport> {
  checkFolderOptions('resetFolder', directory, options, RULES);
  const { context } = await existingQueue(directory, options);
  return reset(context, caretakerOf(options), options);
}

/** The first half of `resetFolder`: what is claimed is ready again. Gives how many. */
export async function releaseFolderClaims(directory: string, options: FolderMaintenanceOptions = {}): Promise<number> {
  checkFolderOptions('releaseFolderClaims', directory, options, RULES);
  const { context } = await existingQueue(directory, options);
  return releaseClaims(context, caretakerOf(options), options);
}

/** The second half of `resetFolder`: what producers said is gone. Gives how many files that were. */
export async function clearFolderControlFiles(directory: string, options: FolderMaintenanceOptions = {}): Promise<number> {
  checkFolderOptions('clearFolderControlFiles', directory, options, RULES);
  const { context } = await existingQueue(directory, options);
  return clearControlFiles(context, caretakerOf(options), options);
}

/** Deletes everything in a folder that is a queue, but for directories that are not its own. What `resetFolder` throws. */
export async function purgeFolder(directory: string, options: FolderMaintenanceOptions = {}): Promise<PurgeReport> {
  checkFolderOptions('purgeFolder', directory, options, RULES);
  // One whose purge was stopped may have no manifest any more.
  const { context } = await existingFolder(directory, options);
  return purge(context, caretakerOf(options), options);
}

/**
 * Puts back to work what was given up, by name; all without names. Gives how many.
 * @throws QueueNotFoundError, NotAQueueError, FormatVersionError, ReadOnlyQueueError, DiskError, TypeError
 */
export async function retryFolder(
  directory: string,
  names?: Iterable<string>,
  options: Omit<FolderMaintenanceOptions, 'force'> = {},
): Promise<number> {
  checkFolderOptions('retryFolder', directory, options, RULES);
  const wanted = namesToRetry(names);
  const { context } = await existingQueue(directory, options);
  return retryFailed(context, caretakerOf(options), wanted, options);
}
