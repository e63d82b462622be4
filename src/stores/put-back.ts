import { claimFile } from '../fs/claim.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import { fileOf, findTask, pathOf, readTaskFile, type TaskFile } from './task-files.ts';
import { makePlace, secure } from './task-folders.ts';
import type { OutcomeParts } from './task-outcome.ts';

/**
 * Puts a task that somebody dead had taken aside where its record says, and tells of that as of any end: it may have been undone
 * meanwhile, as far as to be counted as left.
 *
 *     aside ─▶ a mark beside it ─▶ the task in its place ─▶ told ─▶ no mark
 *
 * A stop in between leaves the mark, and whoever finds it goes on. A power cut may bring the task back aside.
 */
export async function putBackAside(parts: OutcomeParts, file: TaskFile, place: TaskPlace): Promise<boolean> {
  const { folders } = parts;
  const { fs, directory, names } = folders;
  if (file.claim === undefined) return false;
  // Nobody's name: who sleeps and had it can do nothing to the mark.
  const name = { ...file.claim, consumer: `back-${names.next()}`, checkpoint: undefined, state: 'back' } as const;
  const mark = fileOf(folders, { place: file.place, name });
  await makePlace(folders, place);
  (await fs.open(mark.path, 'create')).close();
  await secure(folders, `${directory}/${mark.place}`);
  const isBack = await claimFile(fs, file.path, pathOf(folders, place, file.id));
  await finishBack(parts, mark);
  return isBack;
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
    if (content?.kind !== 'record') continue;
    await secure(folders, `${directory}/${place}`);
    await settled?.(id, place, content.fields);
  }
  await removeIfThere(fs, mark.path);
  return true;
}
