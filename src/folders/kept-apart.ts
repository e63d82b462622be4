import type { FileSystem } from '../fs/file-system.ts';
import { isSameFile } from '../fs/same-file.ts';
import type { FolderLayout } from './folder-layout.ts';

/**
 * Refuses places for what is finished and for what was given up that are the folder itself, where all of it would be ready
 * again, or one directory, where nobody could tell the two apart. Nothing is made before that.
 *
 * @throws TypeError
 */
export async function assertApart(fs: FileSystem, { directory, doneDir, failedDir, unnamed }: FolderLayout): Promise<void> {
  // Mostly neither is named, and nothing has to be asked.
  const isNamed = [doneDir, failedDir].some((path) => path !== null && !unnamed.includes(path));
  const isSame = async (one: string | null, other: string): Promise<boolean> =>
    one === other || (isNamed && one !== null && isSameFile(await fs.lstat(`${one}/.`), await fs.lstat(`${other}/.`)));
  if (await isSame(doneDir, directory)) throw new TypeError(whyNot('doneDir', directory));
  if (await isSame(failedDir, directory)) throw new TypeError(whyNot('failedDir', directory));
  if (await isSame(doneDir, failedDir))
    throw new TypeError(`doneDir and failedDir are one directory, ${failedDir}: a retry would do again what is done. Name two.`);
}

function whyNot(option: string, directory: string): string {
  return `${option} is the folder itself, ${directory}: what goes there would be ready again. Name another directory.`;
}
