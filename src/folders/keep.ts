import { isErrno } from '../fs/errno.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { NO_LINKS } from '../fs/publish.ts';
import { isSameFile } from '../fs/same-file.ts';
import { otherName } from './claim.ts';
import type { Claim, Shown } from './claimed-message.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { endCopy, showCopy } from './kept-copy.ts';
import { linkKept } from './kept-link.ts';

/**
 * Makes the places for what ends before there is any: on a disk that is full by then, what has no place to go could not end.
 * What the disk refuses now is told when it is needed.
 */
export async function makePlaces({ fs, layout, durability }: FolderContext): Promise<void> {
  for (const directory of [layout.doneDir, layout.failedDir]) {
    if (directory === null) continue;
    try {
      if (!fs.exists(directory)) await makeDirectory(fs, directory, { durable: durability === 'power' });
    } catch {
      // Whoever ends first without it tries again, and says why it can't be.
    }
  }
}

/**
 * Shows a claimed file in the directory where it is kept, under its own name, or under another if that is taken: this is
 * what finishes a message. Undefined if the claim is gone: somebody took it back, and nothing was changed.
 *
 * A stop right after leaves the file under both names: whoever finds the claim sees that it is the same file, or that a copy
 * of it was shown on another device, and removes the claim.
 */
export async function keepFile(context: FolderContext, claim: Claim, directory: string): Promise<string | undefined> {
  claim.tried = directory;
  const shown = claim.shown ?? (await show(context, claim, directory));
  if (shown === undefined) return undefined;
  claim.shown = shown;
  if (context.durability === 'power') await secureShown(context, shown);
  return shown.kept;
}

/** Or a power cut could take back what was said of it. A rename is safe when both directories are. */
export async function secureShown(context: FolderContext, { directory, isMoved }: Shown): Promise<void> {
  if (isMoved) await secure(context, context.layout.directory);
  await secure(context, directory);
}

/**
 * The end of a message that is kept: its claim goes, and then what told of its copy, if it is one. Where somebody took the
 * claim back meanwhile that stays: he is told by it that the message was finished.
 */
export async function removeKept(context: FolderContext, claim: Claim): Promise<void> {
  try {
    await context.fs.unlink(claim.path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  if (claim.shown?.copy !== undefined) await endCopy(context, claim.shown.copy);
}

async function show(context: FolderContext, claim: Claim, directory: string): Promise<Shown | undefined> {
  const { fs, durability } = context;
  for (let isMade = false; ; isMade = true) {
    try {
      return await showHere(context, claim, directory);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      if ((await fs.lstat(claim.path)) === undefined) return undefined;
      if (isMade) throw error;
    }
    // It is the directory that is not there.
    await makeDirectory(fs, directory, { durable: durability === 'power' });
  }
}

async function showHere(context: FolderContext, claim: Claim, directory: string): Promise<Shown | undefined> {
  try {
    return { directory, kept: await linkKept(context, claim, claim.path, directory) };
  } catch (error) {
    if (isErrno(error, 'EXDEV')) return showCopy(context, claim, directory);
    if (isErrno(error, ...NO_LINKS)) return showMoved(context, claim, directory);
    throw error;
  }
}

/**
 * Where there are no hard links a rename has to do, which overwrites: two files of one name that are finished at the same
 * moment may leave one.
 */
async function showMoved(context: FolderContext, claim: Claim, directory: string): Promise<Shown | undefined> {
  const { fs } = context;
  const [ours, there] = [await fs.lstat(claim.path), await fs.lstat(`${directory}/${claim.name}`)];
  if (ours === undefined) return undefined;
  // Linked all the same.
  if (isSameFile(there, ours)) return { directory, kept: claim.name };
  const name = there === undefined ? claim.name : otherName(claim.name, ours.inode);
  try {
    await fs.rename(claim.path, `${directory}/${name}`);
  } catch (error) {
    // Its reply may have been lost.
    if (!isSameFile(await fs.lstat(`${directory}/${name}`), ours)) throw error;
  }
  return { directory, kept: name, isMoved: true };
}
