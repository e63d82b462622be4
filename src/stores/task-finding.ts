import { parsePlace } from '../machines/task-place.ts';
import { isErrno } from '../fs/errno.ts';
import { finishBack } from './put-back.ts';
import { finishCreation } from './task-creation.ts';
import { finishGoing } from './task-deletion.ts';
import { findTask, glanceAtTask, idOf, type TaskFile } from './task-files.ts';
import { finishForward, type OutcomeParts } from './task-outcome.ts';

/** How often a task is looked for that has an id and lies nowhere: it may have moved from where it was not looked yet. */
const MOST_LOOKS = 10;

/** Where a task lies, once what was begun with it is brought to its end; undefined if there is none of that id. */
export async function findSettled(parts: OutcomeParts, id: string): Promise<TaskFile | undefined> {
  const { folders } = parts;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const quiet = looks === 0 ? await glanceAtTask(folders, id) : undefined;
    if (quiet !== undefined) return quiet;
    const files = await findTask(folders, id);
    if (await finishThose(parts, files)) continue;
    // What somebody has is newer than what lies elsewhere: that is on its way out.
    const tasks = files.filter(({ claim }) => claim?.state !== 'back');
    if (tasks.length > 0) return tasks.findLast(({ claim }) => claim !== undefined) ?? tasks.find(hasSucceeded) ?? tasks[0];
    if (!folders.fs.exists(idOf(folders, id))) return undefined;
    await finishCreation(folders, id);
  }
  return undefined;
}

/** What lies elsewhere too, and nobody has, a hand copied there: that does not undo a success. */
function hasSucceeded({ place }: TaskFile): boolean {
  return parsePlace(place)?.status === 'succeeded';
}

/** Whether anything had been begun and not ended, and is ended now. Who may not write leaves it. */
export async function finishThose(parts: OutcomeParts, files: readonly TaskFile[]): Promise<boolean> {
  let isMoved = false;
  for (const file of files) if (await unlessReadOnly(() => finishOne(parts, file))) isMoved = true;
  return isMoved;
}

async function finishOne(parts: OutcomeParts, file: TaskFile): Promise<boolean> {
  if (file.claim?.state === 'settling') await finishForward(parts, file);
  else if (file.claim?.state === 'going') await finishGoing(parts.folders, file);
  else return file.claim?.state === 'back' && finishBack(parts, file);
  return true;
}

/** False if it is refused because nothing may be written. */
export async function unlessReadOnly(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM', 'EROFS')) return false;
    throw error;
  }
}
