import { isErrno } from './errno.ts';
import type { FileSystem } from './file-system.ts';

/**
 * Takes a file: true if it is ours now, under `to`, which has to be a name that only this attempt uses. Of all who try, one
 * rename succeeds; who loses the race gets false, and has changed nothing.
 *
 * A stop leaves the file under the old or the new name, never under both or none. Nothing is synced: what a power cut undoes
 * of a claim makes the file ready again.
 */
export function claimFile(fs: FileSystem, from: string, to: string): Promise<boolean> {
  return renameToOwn(fs, from, to);
}

/**
 * Gives a claimed file back under `again`, a name that only this attempt uses, so that nothing newer is overwritten: false
 * if the claim was gone, because somebody took it back. A stop leaves it claimed or given back.
 */
export function giveBack(fs: FileSystem, claim: string, again: string): Promise<boolean> {
  return renameToOwn(fs, claim, again);
}

/** `to` is this attempt's own name: if it is there, we won, and only the reply was lost. */
async function renameToOwn(fs: FileSystem, from: string, to: string): Promise<boolean> {
  try {
    await fs.rename(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return (await fs.lstat(to)) !== undefined;
    throw error;
  }
}
