import type { TaskClaimName } from '../formats/task-name.ts';
import { claimFile } from '../fs/claim.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { FileClaim } from './file-claim.ts';
import { dropCheckpoints } from './task-checkpoint.ts';
import { fileOf, findTask, isThere, type TaskFile } from './task-files.ts';
import { secure, type TaskFolders } from './task-folders.ts';
import { freeId, stampOfId } from './task-ids.ts';

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

async function goingOf(
  folders: TaskFolders,
  { task, place, name, path }: FileClaim,
): Promise<TaskFile & { readonly claim: TaskClaimName }> {
  // Beside a copy, which a hand made, the id is not its alone.
  const isAlone = (await findTask(folders, task.id)).every(
    ({ path: one, claim }) => one === path || claim?.state === 'going' || claim?.state === 'back',
  );
  const checkpoint = isAlone ? await stampOfId(folders, task.id) : undefined;
  return fileOf(folders, { place, name: { ...name, checkpoint, state: 'going' } });
}

/** Frees an id whose task was found nowhere. False if the task is there, or somebody was faster. */
export async function freeLostId(folders: TaskFolders, id: string): Promise<boolean> {
  const stamp = await stampOfId(folders, id);
  if (stamp === undefined || (await isThere(folders, id))) return false;
  if (!(await freeId(folders, id, stamp, () => isThere(folders, id)))) return false;
  await secure(folders, folders.ids, folders.layout.stages);
  return true;
}

/** Ends a deletion. Somebody else may be at it still: each step is done once, by either. */
export async function finishGoing(folders: TaskFolders, { id, place, path, claim }: TaskFile): Promise<void> {
  const { fs, directory, ids, layout } = folders;
  // For good: else a power cut could leave the task, and no id.
  await secure(folders, `${directory}/${place}`);
  const stamp = await stampOfId(folders, id);
  if (stamp !== undefined && stamp === claim?.checkpoint && fs.exists(path)) await freeId(folders, id, stamp);
  await secure(folders, ids, layout.stages);
  await removeIfThere(fs, path);
}
