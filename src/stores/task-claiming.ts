import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { FileClaim } from './file-claim.ts';
import { putBackAside } from './put-back.ts';
import { fileOf } from './task-files.ts';
import type { OutcomeParts } from './task-outcome.ts';
import { FileSighting, renamedMs } from './task-sight.ts';

/** Takes a task as it was seen; undefined if somebody was faster, or it is another version by now. A stop leaves a claim. */
export async function takeFile(parts: OutcomeParts, sighting: FileSighting, taken: FileClaim): Promise<FileClaim | undefined> {
  const { fs } = parts.folders;
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
    await giveFileBack(parts, taken).catch(() => false);
    throw error;
  }
  // Another version had come to lie there since it was seen.
  await giveFileBack(parts, taken);
  return undefined;
}

/** Gives a claim back. What was taken aside is told of, as an end is: whoever counted meanwhile has missed it. */
export async function giveFileBack(parts: OutcomeParts, taken: FileClaim): Promise<boolean> {
  const rename = (): Promise<boolean> => renameBack(parts.folders.fs, taken);
  const { place, name, before } = taken;
  if (name.claims > 0 || before.claim !== undefined) return rename();
  return putBackAside(parts, fileOf(parts.folders, { place, name }), before.place, rename);
}

/**
 * Back to where it was taken from: nobody else can have put a task of that id there. That name is not ours alone: if the
 * claim is gone and this very version lies there, only the reply was lost.
 */
async function renameBack(fs: FileSystem, { task, path, before }: FileClaim): Promise<boolean> {
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
