import { formatStamp, type TaskClaimName } from '../formats/task-name.ts';
import { claimFile } from '../fs/claim.ts';
import { publishFile, removeIfThere, stagePath } from '../fs/publish.ts';
import type { FileClaim } from './file-claim.ts';
import { dropCheckpoints } from './task-checkpoint.ts';
import { fileOf, idOf, isThere, type TaskFile } from './task-files.ts';
import { secure, type TaskFolders } from './task-folders.ts';

/**
 * Ends a claim with its task: the rename to `.going` decides, the id is free, and then the file goes. Its name says of which
 * id it is: who ends it later does not free one that was taken anew. False if the claim was gone. A repeat, after the disk
 * refused something, goes on from there.
 */
export async function discardClaim(folders: TaskFolders, held: FileClaim): Promise<boolean> {
  if (held.isOver) return false;
  const going = (held.going ??= await goingOf(folders, held));
  if (!held.isGoing && !(await beginGoing(folders, held, going))) return false;
  await dropCheckpoints(folders, { ...going, claim: held.name });
  await finishGoing(folders, going);
  held.isOver = true;
  return true;
}

async function beginGoing({ fs }: TaskFolders, held: FileClaim, going: TaskFile): Promise<boolean> {
  try {
    held.isGoing = await claimFile(fs, held.path, going.path);
    return held.isGoing;
  } catch (error) {
    held.isGoing = fs.exists(going.path);
    throw error;
  }
}

async function goingOf(folders: TaskFolders, { task, place, name }: FileClaim): Promise<TaskFile & { readonly claim: TaskClaimName }> {
  const id = await folders.fs.lstat(idOf(folders, task.id));
  return fileOf(folders, { place, name: { ...name, checkpoint: id && formatStamp(id), state: 'going' } });
}

/** Frees an id whose task was found nowhere. False if the task is there, or somebody was faster. */
export async function freeLostId(folders: TaskFolders, id: string): Promise<boolean> {
  const seen = await folders.fs.lstat(idOf(folders, id));
  if (seen === undefined || (await isThere(folders, id))) return false;
  if (!(await freeId(folders, id, formatStamp(seen), () => isThere(folders, id)))) return false;
  await secure(folders, folders.ids, folders.layout.stages);
  return true;
}

/**
 * Takes an id away by a rename, of which of all who try one succeeds, and looks at it once more: one that was taken anew
 * meanwhile goes back, which an unlink could not undo. A stop after the rename leaves a free id, and a stage that is swept.
 * False if it is another one by now.
 */
async function freeId(folders: TaskFolders, id: string, stamp: string, isNeeded?: () => Promise<boolean>): Promise<boolean> {
  const { fs, ids, layout, names, isDurable } = folders;
  const away = stagePath(layout.stages, names.next());
  if (!(await claimFile(fs, idOf(folders, id), away))) return false;
  const taken = await fs.lstat(away);
  if (taken === undefined || formatStamp(taken) !== stamp || (await isNeeded?.())) {
    await publishFile(fs, away, idOf(folders, id), { syncDirectory: isDurable ? ids : null });
    return false;
  }
  await removeIfThere(fs, away);
  return true;
}

/** Ends a deletion. Somebody else may be at it still: each step is done once, by either. */
export async function finishGoing(folders: TaskFolders, { id, place, path, claim }: TaskFile): Promise<void> {
  const { fs, directory, ids, layout } = folders;
  // For good: else a power cut could leave the task, and no id.
  await secure(folders, `${directory}/${place}`);
  const found = await fs.lstat(idOf(folders, id));
  const stamp = found && formatStamp(found);
  if (stamp !== undefined && stamp === claim?.checkpoint && fs.exists(path)) await freeId(folders, id, stamp);
  await secure(folders, ids, layout.stages);
  await removeIfThere(fs, path);
}
