import type { Fields } from '../formats/json-record.ts';
import { formatCheckpoint, formatTaskFile } from '../formats/task-name.ts';
import { isErrno } from '../fs/errno.ts';
import { discardStage, linkOnce, NO_LINKS, renameIfFree, renameStage, stageFile } from '../fs/publish.ts';
import { readSmallFile } from '../fs/small-file.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import { isThere, pathOf, readTaskFile, stageTask } from './task-files.ts';
import { makePlace, secure, type TaskFolders } from './task-folders.ts';

/** How often a record is staged that is swept, as if nobody were at it. */
const MOST_STAGES = 3;

/**
 * Creates a task: staged, linked to its id (which decides), and renamed to its place. A stop before the link leaves a stage
 * that means nothing; a stop after it a stage that `finishCreation` brings to its place. False if the id is taken.
 */
export async function createTask(folders: TaskFolders, id: string, place: TaskPlace, fields: Fields): Promise<boolean> {
  const { fs, ids, layout, names } = folders;
  await makePlace(folders, place);
  for (let tries = 1; ; tries += 1) {
    const name = formatCheckpoint(id, names.next());
    const stage = `${layout.stages}/${name}`;
    await stageTask(folders, stage, place, fields);
    try {
      // Its name too, before anybody has the id: else a power cut could leave an id without a task.
      await secure(folders, layout.stages);
      if (!(await takeId(folders, stage, name, `${ids}/${formatTaskFile(id)}`))) {
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

/** Of all who want an id one gets it. */
async function takeId(folders: TaskFolders, stage: string, name: string, path: string): Promise<boolean> {
  try {
    return await linkOnce(folders.fs, stage, path);
  } catch (error) {
    if (!isErrno(error, ...NO_LINKS)) throw error;
    return takeIdByName(folders, name, path);
  }
}

/** Where no hard links can be made a file that names the stage has to do. Of two who do this at the same moment one may be lost. */
async function takeIdByName(folders: TaskFolders, name: string, path: string): Promise<boolean> {
  const { fs, layout, names, isDurable } = folders;
  const note = `${layout.stages}/${formatCheckpoint('id', names.next())}`;
  await stageFile(fs, note, new TextEncoder().encode(name), { sync: isDurable });
  let isTaken = false;
  try {
    isTaken = await renameIfFree(fs, note, path);
    // Out of one directory into another: it is safe when both are.
    await secure(folders, layout.stages);
  } finally {
    if (!isTaken) await discardStage(fs, note);
  }
  return isTaken;
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

/** Which stage an id was taken with; undefined if it is gone. */
async function stageOfId({ fs, ids, layout }: TaskFolders, id: string): Promise<string | undefined> {
  const path = `${ids}/${formatTaskFile(id)}`;
  const decided = await fs.lstat(path);
  if (decided === undefined) return undefined;
  if (decided.links > 1) {
    for (const name of await fs.readdir(layout.stages)) {
      if (!name.startsWith(`${formatTaskFile(id)}.`)) continue;
      if ((await fs.lstat(`${layout.stages}/${name}`))?.inode === decided.inode) return `${layout.stages}/${name}`;
    }
    return undefined;
  }
  const note = await readSmallFile(fs, path, LONGEST_NAME);
  if (note.kind !== 'text' || !note.text.startsWith(`${formatTaskFile(id)}.`)) return undefined;
  const stage = `${layout.stages}/${note.text}`;
  return !note.text.includes('/') && fs.exists(stage) ? stage : undefined;
}

/** As long as a file's name may be. */
const LONGEST_NAME = 255;

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
