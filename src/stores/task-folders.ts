import type { Clock } from '../clock.ts';
import { DiskError, WorkQueueError } from '../errors.ts';
import { DirectorySync } from '../fs/directory-sync.ts';
import { errnoName, isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { isPlace, isRunning, type TaskPlace } from '../machines/task-place.ts';
import { TASK_STATUSES } from '../machines/task-lifecycle.ts';
import { UniqueNames } from '../folders/folder-context.ts';
import { keptPlaces } from './kept-places.ts';

/** The folders of one use case or batch, as one opening works in them. */
export interface TaskFolders {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly directory: string;
  /** Which ids there are: a link to the first record of each decides who created it. */
  readonly ids: string;
  readonly checkpoints: string;
  readonly layout: { readonly consumers: string; readonly stages: string };
  /** Whether what is acknowledged survives a power cut. */
  readonly isDurable: boolean;
  readonly syncs: DirectorySync;
  /** Names that nobody else uses. */
  readonly names: UniqueNames;
  /** Places that are surely there. */
  readonly places: Set<TaskPlace>;
  /** Places that were there when they were listed last. The one of a task's claims is made before the one it comes to. */
  readonly seen: Set<TaskPlace>;
}

export interface TaskFoldersParts extends Pick<TaskFolders, 'fs' | 'clock' | 'directory' | 'isDurable'> {
  /** What makes the names of this opening unique. */
  readonly token: string;
}

/** Opens a use case or batch, and makes what is not there yet of its folders. */
export async function openTaskFolders({ fs: disk, clock, directory, isDurable, token }: TaskFoldersParts): Promise<TaskFolders> {
  const own = `${directory}/.dibs`;
  const layout = { consumers: `${own}/consumers`, stages: `${own}/stages` };
  const [ids, checkpoints] = [`${own}/ids`, `${own}/checkpoints`];
  const fs = keptPlaces(disk, { ids, isDurable });
  const [syncs, names] = [new DirectorySync(fs), new UniqueNames(token)];
  const [places, seen] = [new Set<TaskPlace>(), new Set<TaskPlace>(TASK_STATUSES)];
  const folders = { fs, clock, directory, ids, checkpoints, layout, isDurable, syncs, names, places, seen };
  await makeFolders(folders);
  return folders;
}

/**
 * Makes the folders that are not there yet, or that somebody removed with all that was in them. A stop leaves some of them,
 * which the next opening completes.
 */
export async function makeFolders({ fs, directory, ids, checkpoints, layout, isDurable, places }: TaskFolders): Promise<void> {
  places.clear();
  await makeDirectory(fs, directory, { durable: isDurable });
  for (const one of [layout.consumers, layout.stages, ids, checkpoints]) await fs.mkdir(one);
  for (const status of TASK_STATUSES) await fs.mkdir(`${directory}/${status}`);
  if (isDurable) for (const one of [`${directory}/.dibs`, directory]) await fs.syncDirectory(one);
  for (const status of TASK_STATUSES) places.add(status);
}

/** Makes a place, if it is none yet: steps that follow each other have places of their own. */
export async function makePlace(folders: TaskFolders, place: TaskPlace): Promise<void> {
  const { fs, directory, places } = folders;
  if (places.has(place)) return;
  await fs.mkdir(`${directory}/${place}`);
  // Whoever made it before us may have been stopped before it was safe.
  await secure(folders, directory);
  places.add(place);
}

/** Makes the names in a directory as safe as was asked for. */
export async function secure({ isDurable, syncs }: TaskFolders, ...directories: readonly string[]): Promise<void> {
  if (isDurable) await Promise.all(directories.map((directory) => syncs.sync(directory)));
}

/** Every place that there is, those where nobody has anything first. */
export async function placesOf({ fs, directory, seen }: TaskFolders): Promise<TaskPlace[]> {
  const places = (await namesIn(fs, directory)).filter(isPlace);
  for (const place of places) seen.add(place);
  return claimsLast(places);
}

/** What is in hands is looked at last: a task moves from the others to there, and is missed if it was looked for the other way round. */
export function claimsLast(places: readonly TaskPlace[]): TaskPlace[] {
  return [...places.filter((place) => !isRunning(place)), ...places.filter(isRunning)];
}

/** The names in a directory; none if it is not there: nobody was in it yet, or somebody removed all there was. */
export async function namesIn(fs: FileSystem, directory: string): Promise<string[]> {
  try {
    return await fs.readdir(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The typed error for what the disk refused, there or where it says; anything else as it is. */
export function diskError(operation: string, path: string, error: unknown): unknown {
  const errno = errnoName(error);
  const isRefusal = errno !== 'UNKNOWN' || (typeof error === 'object' && error !== null && 'syscall' in error);
  const where = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : path;
  return isRefusal && !(error instanceof WorkQueueError) ? new DiskError(operation, where, errno, { cause: error }) : error;
}

/** What tells that the ids alone are gone, of all that there was: the disk names what could not be linked to one, which is no help. */
export function withoutIds({ fs, ids, layout }: TaskFolders, error: unknown): unknown {
  return isErrno(error, 'ENOENT') && fs.exists(layout.stages) && !fs.exists(ids)
    ? new DiskError('create', ids, 'ENOENT', { cause: error })
    : error;
}
