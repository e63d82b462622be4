import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { FileClaim } from './file-claim.ts';
import { FileSighting, renamedMs } from './task-sight.ts';

/** Takes a task as it was seen; undefined if somebody was faster, or it is another version by now. A stop leaves a claim. */
export async function takeFile(fs: FileSystem, sighting: FileSighting, taken: FileClaim): Promise<FileClaim | undefined> {
  try {
    if (!(await claimFile(fs, taken.before.path, taken.path))) return undefined;
    const found = await fs.lstat(taken.path);
    if (found === undefined) return undefined;
    if (sighting.isOf(found)) {
      taken.claimedMs = renamedMs(found);
      return taken;
    }
  } catch (error) {
    // It may have been made all the same, and nobody has it in hands: while we live it would be nobody else's.
    await giveFileBack(fs, taken).catch(() => false);
    throw error;
  }
  // Another version had come to lie there since it was seen.
  await giveFileBack(fs, taken);
  return undefined;
}

/**
 * Back to where it was taken from: nobody else can have put a task of that id there. That name is not ours alone: if the
 * claim is gone and this very version lies there, only the reply was lost.
 */
export async function giveFileBack(fs: FileSystem, { task, path, before }: FileClaim): Promise<boolean> {
  try {
    await fs.rename(path, before.path);
    return true;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    const found = await fs.lstat(before.path);
    return found !== undefined && FileSighting.of(task).isOf(found);
  }
}

/** False if the claim is gone with all that was there. */
export async function unlessRemoved(held: FileClaim, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (isErrno(error, 'ENOENT') && held.decided === undefined && !held.isGoing && !held.isOurs()) return false;
    throw error;
  }
}
