import { MessageExistsError } from './folder-errors.ts';
import { isErrno } from '../fs/errno.ts';
import { discardStage, NO_LINKS, renameIfFree } from '../fs/publish.ts';
import { type FolderContext, secure } from './folder-context.ts';

/**
 * Shows a stage as a message, whole and never over another, and removes the stage. A stop before the link leaves the stage,
 * which nobody reads; after it the message, and the stage as a second name of it until it is swept.
 *
 * @throws MessageExistsError. If the sync of the folder fails, nobody was told of the message, but it may be there.
 */
export async function showMessage(context: FolderContext, stage: string, name: string): Promise<void> {
  const { fs, layout } = context;
  const final = `${layout.directory}/${name}`;
  try {
    if (!(await showStage(context, stage, final))) throw new MessageExistsError(final);
    // Before the stage goes: a power cut may undo either step, but never both names of what was acknowledged.
    await secure(context, layout.directory);
  } finally {
    await discardStage(fs, stage);
  }
}

/**
 * Gives a stage its final name: false if that is taken. The stage has a name that only this call links, so a second link is
 * ours whatever became of the message since: the reply was lost, as on a network it may be.
 */
export async function showStage(context: FolderContext, stage: string, final: string): Promise<boolean> {
  const { fs } = context;
  try {
    await fs.link(stage, final);
    return true;
  } catch (error) {
    if (isErrno(error, ...NO_LINKS)) return showRenamed(context, stage, final);
    if (!isErrno(error, 'EEXIST', 'ENOENT')) throw error;
    if (((await fs.lstat(stage))?.links ?? 0) > 1) return true;
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Without hard links: a rename from one directory to another is safe when both are. */
async function showRenamed(context: FolderContext, stage: string, final: string): Promise<boolean> {
  if (!(await renameIfFree(context.fs, stage, final))) return false;
  await secure(context, context.layout.stages);
  return true;
}
