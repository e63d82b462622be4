import { isErrno } from '../fs/errno.ts';
import { claimFile } from '../fs/claim.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import { fileOf, findTask, pathOf, readTaskFile, type TaskFile } from './task-files.ts';
import { makePlace, secure, type TaskFolders } from './task-folders.ts';
import type { OutcomeParts } from './task-outcome.ts';

/**
 * Puts a task that was taken aside where its record says, and tells of that as of any end: who counted meanwhile has missed it.
 *
 *     aside ─▶ a mark beside it ─▶ the task in its place ─▶ told ─▶ no mark
 *
 * A stop in between leaves the mark, and whoever finds it goes on. A power cut may bring the task back aside.
 *
 * @param rename puts it there: true if it was there then. Who has it itself knows its own names; else it is one of the dead
 */
export async function putBackAside(
  parts: OutcomeParts,
  file: TaskFile,
  place: TaskPlace,
  rename: () => Promise<boolean> = () => claimFile(parts.folders.fs, file.path, pathOf(parts.folders, place, file.id)),
): Promise<boolean> {
  const { folders } = parts;
  if (file.claim === undefined) return false;
  // Nobody's name: who sleeps and had it can do nothing to the mark.
  const name = { ...file.claim, consumer: `back-${folders.names.next()}`, checkpoint: undefined, state: 'back' } as const;
  const mark = fileOf(folders, { place: file.place, name });
  await makePlace(folders, place);
  await putMark(folders, mark);
  const isBack = await rename();
  await finishBack(parts, mark);
  return isBack;
}

/** A disk that is full has no room for it. Then a stop before the task is told of has it wait for whoever looks at all. */
async function putMark(folders: TaskFolders, { path, place }: TaskFile): Promise<void> {
  try {
    (await folders.fs.open(path, 'create')).close();
    await secure(folders, `${folders.directory}/${place}`);
  } catch (error) {
    if (!isErrno(error, 'ENOSPC', 'EDQUOT')) throw error;
  }
}

/**
 * Tells of a task that was put back, and removes the mark: false if it is aside still, and whoever puts it back may be about to.
 * Others may be at it too.
 */
export async function finishBack({ folders, settled }: OutcomeParts, mark: TaskFile): Promise<boolean> {
  const { fs, directory } = folders;
  const files = await findTask(folders, mark.id);
  if (files.some(({ claim }) => claim?.state === 'wip' && claim.claims === 0)) return false;
  for (const { id, place, path, claim } of files) {
    const content = claim === undefined ? await readTaskFile(folders, path) : undefined;
    if (content === undefined || content.kind === 'absent') continue;
    await secure(folders, `${directory}/${place}`);
    // One that can't be read is where it is all the same.
    await settled?.(id, place, content.kind === 'record' ? content.fields : {});
  }
  await removeIfThere(fs, mark.path);
  return true;
}
