import { basename } from 'node:path';
import { formatStamp, formatTaskFile, parseCheckpoint } from '../formats/task-name.ts';
import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { linkOnce, NO_LINKS, publishFile, removeIfThere, stagePath } from '../fs/publish.ts';
import { removeTree } from '../fs/remove-tree.ts';
import { isSameFile } from '../fs/same-file.ts';
import { idOf } from './task-files.ts';
import { secure, type TaskFolders } from './task-folders.ts';

/**
 * Which ids there are. Who takes one links it to the record that it has staged, so that of all who try one does, and whoever
 * comes by finds the record. Where no hard links can be made it is a directory instead, with an empty file in it that is
 * called as that record: to rename a directory over one that is not empty is refused everywhere.
 *
 *     ids/load.json                   the record itself, by another name
 *     ids/load.json/load.json.4f1     the record is staged as `load.json.4f1`
 */

/** Of all who want an id one gets it. A stop leaves it free, or taken by a stage that is there; and perhaps a stage that means nothing. */
export async function takeId(folders: TaskFolders, stage: string, id: string): Promise<boolean> {
  try {
    return await linkOnce(folders.fs, stage, idOf(folders, id));
  } catch (error) {
    if (!isErrno(error, ...NO_LINKS)) throw error;
    return takeByDirectory(folders, basename(stage), idOf(folders, id));
  }
}

async function takeByDirectory(folders: TaskFolders, name: string, path: string): Promise<boolean> {
  const { fs, layout, names, isDurable } = folders;
  const note = stagePath(layout.stages, names.next());
  let isTaken = false;
  try {
    await fs.mkdir(note);
    (await fs.open(`${note}/${name}`, 'append')).close();
    // What it says before anybody can see it: a power cut that empties it would free the id.
    if (isDurable) await fs.syncDirectory(note);
    isTaken = await renameToFree(fs, note, path, name);
    // Out of one directory into another: it is safe when both are.
    await secure(folders, layout.stages);
  } finally {
    if (!isTaken) await removeStage(fs, note).catch(() => undefined);
  }
  return isTaken;
}

async function renameToFree(fs: FileSystem, note: string, path: string, name: string): Promise<boolean> {
  try {
    await fs.rename(note, path);
    return true;
  } catch (error) {
    // Ours, and only the reply was lost.
    if (fs.exists(`${path}/${name}`)) return true;
    // Windows says EPERM.
    if (fs.exists(path) && isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES')) return false;
    throw error;
  }
}

/** Which stage an id was taken with; undefined if it is gone. */
export async function stageOfId(folders: TaskFolders, id: string): Promise<string | undefined> {
  const { fs, layout } = folders;
  const path = idOf(folders, id);
  const decided = await fs.lstat(path);
  if (decided?.kind === 'directory') {
    const name = await nameIn(fs, path);
    const stage = `${layout.stages}/${name}`;
    return name !== undefined && parseCheckpoint(name)?.id === id && fs.exists(stage) ? stage : undefined;
  }
  if (decided === undefined || decided.links < 2) return undefined;
  for (const name of await fs.readdir(layout.stages)) {
    if (!name.startsWith(`${formatTaskFile(id)}.`)) continue;
    if (isSameFile(await fs.lstat(`${layout.stages}/${name}`), decided)) return `${layout.stages}/${name}`;
  }
  return undefined;
}

/** What tells an id that was taken from one that is taken anew; undefined if it is free. */
export function stampOfId(folders: TaskFolders, id: string): Promise<string | undefined> {
  return stampOf(folders.fs, idOf(folders, id));
}

/**
 * Takes an id away by a rename, of which of all who try one succeeds, and looks at it once more: one that was taken anew
 * meanwhile goes back, which an unlink could not undo. A stop after the rename leaves a free id, and a stage that is swept.
 * False if it is another one by now.
 */
export async function freeId(folders: TaskFolders, id: string, stamp: string, isNeeded?: () => Promise<boolean>): Promise<boolean> {
  const { fs, layout, names } = folders;
  const away = stagePath(layout.stages, names.next());
  if (!(await claimFile(fs, idOf(folders, id), away))) return false;
  if ((await stampOf(fs, away)) !== stamp || (await isNeeded?.())) {
    await putBack(folders, away, idOf(folders, id));
    return false;
  }
  await removeStage(fs, away);
  return true;
}

/** If somebody was faster the id is theirs. */
async function putBack(folders: TaskFolders, away: string, path: string): Promise<void> {
  const { fs, ids, isDurable } = folders;
  const name = await nameIn(fs, away);
  if (name === undefined) await publishFile(fs, away, path, { syncDirectory: isDurable ? ids : null });
  else if (await renameToFree(fs, away, path, name)) await secure(folders, ids);
}

/** Removes what means nothing any more. */
export async function removeStage(fs: FileSystem, path: string): Promise<void> {
  if ((await fs.lstat(path))?.kind === 'directory') await removeTree(fs, path);
  else await removeIfThere(fs, path);
}

async function stampOf(fs: FileSystem, path: string): Promise<string | undefined> {
  const found = await fs.lstat(path);
  if (found?.kind !== 'directory') return found && formatStamp(found);
  return parseCheckpoint((await nameIn(fs, path)) ?? '')?.token ?? formatStamp(found);
}

/** What is in a directory that an id is; undefined for any other file, or an empty one. */
async function nameIn(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    return (await fs.readdir(path))[0];
  } catch (error) {
    if (isErrno(error, 'ENOTDIR', 'ENOENT')) return undefined;
    throw error;
  }
}
