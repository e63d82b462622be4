import { isErrno } from './errno.ts';
import type { FileSystem } from './file-system.ts';
import { removeIfThere } from './publish.ts';

/** Somebody may put a file in while it is emptied. */
const TRIES = 3;

/** Removes a directory with all that is in it; follows no link. A stop leaves a part of it, which a repeat removes. */
export async function removeTree(fs: FileSystem, path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await fs.scan(path, async (name, kind) => {
        await (kind === 'directory' ? removeTree(fs, `${path}/${name}`) : removeIfThere(fs, `${path}/${name}`));
      });
      await fs.rmdir(path);
      return;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return;
      // What is removed while it is listed may hide what comes behind it.
      if (!isErrno(error, 'ENOTEMPTY', 'EEXIST') || tries === TRIES) throw error;
    }
  }
}
