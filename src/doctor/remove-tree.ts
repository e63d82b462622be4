import { isErrno } from '../fs/errno.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { Tools } from './tools.ts';

/** A listing may be late, and NFS makes a name for an open file: what one try leaves is met by the next. */
const TRIES = 5;

/** Removes a directory with all that is in it; follows no link. False if something is left. */
export async function removeTree(tools: Pick<Tools, 'fs' | 'probe'>, path: string): Promise<boolean> {
  for (let left = TRIES; left > 0; left -= 1) if (await removeOnce(tools, path)) return true;
  return false;
}

/** One refusal is no reason to leave the rest. */
async function removeOnce({ fs, probe }: Pick<Tools, 'fs' | 'probe'>, path: string): Promise<boolean> {
  for (const name of await fs.readdir(path).catch(() => [])) {
    const below = `${path}/${name}`;
    const found = await fs.lstat(below).catch(() => undefined);
    if (found?.kind === 'directory') await removeOnce({ fs, probe }, below);
    else await removeIfThere(fs, below).catch(() => undefined);
  }
  return probe.removeDirectory(path).then(
    () => true,
    (error: unknown) => isErrno(error, 'ENOENT'),
  );
}
