import type { Fields } from '../formats/json-record.ts';
import { formatCheckpoint } from '../formats/task-name.ts';
import { isErrno } from '../fs/errno.ts';
import { discardStage, renameStage } from '../fs/publish.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import { isThere, pathOf, readTaskFile, stageTask } from './task-files.ts';
import { makePlace, secure, type TaskFolders } from './task-folders.ts';
import { stageOfId, takeId } from './task-ids.ts';

/** How often a record is staged that is swept, as if nobody were at it. */
const MOST_STAGES = 3;

/**
 * Creates a task: staged, its id taken (which decides), and renamed to its place. A stop before the id is taken leaves a stage
 * that means nothing; a stop after it a stage that `finishCreation` brings to its place. False if the id is taken.
 */
export async function createTask(folders: TaskFolders, id: string, place: TaskPlace, fields: Fields): Promise<boolean> {
  const { fs, ids, layout, names } = folders;
  await makePlace(folders, place);
  for (let tries = 1; ; tries += 1) {
    const stage = `${layout.stages}/${formatCheckpoint(id, names.next())}`;
    await stageTask(folders, stage, place, fields);
    try {
      // Its name too, before anybody has the id: else a power cut could leave an id without a task.
      await secure(folders, layout.stages);
      if (!(await takeId(folders, stage, id))) {
        await discardStage(fs, stage);
        return false;
      }
    } catch (error) {
      // It stood still for so long that somebody swept it.
      if (isErrno(error, 'ENOENT') && tries < MOST_STAGES && !fs.exists(stage)) continue;
      // Nobody was told of it; if the id is taken all the same, the stage is what is found by it.
      if (!(await isStageOfId(folders, stage, id))) await discardStage(fs, stage);
      throw error;
    }
    await secure(folders, ids);
    await bringToPlace(folders, stage, place, id);
    return true;
  }
}

/** Whoever has the id was stopped before its task was in its place: it is brought there. */
export async function finishCreation(folders: TaskFolders, id: string): Promise<void> {
  const stage = await stageOfId(folders, id);
  if (stage === undefined) return;
  // A power cut may have brought the stage back after its task was in its place, and the task be on its way just now.
  if (await isThere(folders, id)) return;
  const staged = await readTaskFile(folders, stage);
  if (staged.kind !== 'record') return;
  await makePlace(folders, staged.place);
  await bringToPlace(folders, stage, staged.place, id);
}

/** Whether an id was taken with this stage, as far as the disk says. */
export async function isStageOfId(folders: TaskFolders, stage: string, id: string): Promise<boolean> {
  return (await stageOfId(folders, id).catch(() => stage)) === stage;
}

async function bringToPlace(folders: TaskFolders, stage: string, place: TaskPlace, id: string): Promise<void> {
  const { fs, directory, layout } = folders;
  try {
    await renameStage(fs, stage, pathOf(folders, place, id));
  } catch (error) {
    // Of two who do this one finds the stage gone: the task is there, or further on by now.
    if (fs.exists(stage)) throw error;
  }
  await secure(folders, `${directory}/${place}`, layout.stages);
}
