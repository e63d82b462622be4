import { basename, dirname } from 'node:path';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { FolderLayout } from './folder-layout.ts';

/**
 * Refuses places for what is finished and for what was given up that are the folder itself, where all of it would be ready
 * again, that are ours alone, or one directory, where nobody could tell the two apart. Nothing is made before that.
 *
 * @throws TypeError
 */
export async function assertApart(fs: FileSystem, layout: FolderLayout): Promise<void> {
  const { directory, own, consumers, producers, stages, doneDir, failedDir } = layout;
  // Mostly neither is named, and nothing has to be asked.
  if ((doneDir === null || doneDir === `${directory}/done`) && failedDir === `${directory}/failed`) return;
  const identify = (paths: readonly string[]): Promise<string[]> => Promise.all(paths.map((path) => identityOf(fs, path)));
  const [folder, ...ours] = await identify([directory, own, consumers, producers, stages]);
  const [failed, done] = await identify([failedDir, ...(doneDir === null ? [] : [doneDir])]);
  for (const [option, path, place] of [
    ['doneDir', doneDir, done],
    ['failedDir', failedDir, failed],
  ] as const) {
    if (place === undefined) continue;
    if (place === folder)
      throw new TypeError(`${option} is the folder itself, ${directory}: what goes there would be ready again. Name another directory.`);
    if (ours.includes(place))
      throw new TypeError(`${option} is ${path}, where the queue keeps what is its own: it would be removed. Name another directory.`);
  }
  if (done === failed)
    throw new TypeError(`doneDir and failedDir are one directory, ${failedDir}: a retry would do again what is done. Name two.`);
}

/** What is the same for all names of a directory, though it is not made yet: where the part of it lies that is there, and the rest. */
async function identityOf(fs: FileSystem, path: string): Promise<string> {
  const found = await directoryAt(fs, path);
  if (found !== undefined) return found;
  const parent = dirname(path);
  return parent === path ? path : `${await identityOf(fs, parent)}/${basename(path)}`;
}

/** Through a link too, as whoever puts files into it would go. */
async function directoryAt(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    const found = await fs.lstat(`${path}/.`);
    return found && `${found.device}:${found.inode}`;
  } catch (error) {
    // What can't be looked at is no place that the queue has: whoever uses it is told.
    if (isErrno(error, 'ENOTDIR', 'ENOENT', 'ELOOP', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
