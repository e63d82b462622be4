import { MessageExistsError, UnusableMessageError } from './folder-errors.ts';
import { isErrno } from '../fs/errno.ts';
import { NO_LINKS } from '../fs/publish.ts';
import { moveByCopy, removeSource } from './copy-in.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { findPublished, isKept, type Source } from './published.ts';
import { undoTwin } from './twin-move.ts';

/**
 * Moves a file in: it gets its name in the folder, that is made safe, and then its old name goes. A stop in between leaves it
 * under both, and a repeat removes the old one. It must not be shown twice, so it is asked first whether it was.
 *
 * @throws MessageExistsError, UnusableMessageError if the file is gone
 */
export async function moveIn(context: FolderContext, source: Source, name: string): Promise<void> {
  const { layout } = context;
  const shown = source.stat.links > 1 ? await findPublished(context, source, name) : undefined;
  if (shown !== undefined) return finishMove(context, source, shown);
  // Under both names it would look as if it had been finished, and whoever found it so would remove it.
  if (await isKept(context, source.path)) return moveByCopy(context, source, name);
  try {
    await show(context, source, name);
  } catch (error) {
    // A name that is taken may be this very file's, which was copied: only there is that known.
    if (error instanceof MessageExistsError || isErrno(error, 'EXDEV', ...NO_LINKS)) return moveByCopy(context, source, name);
    throw error;
  }
  await finishMove(context, source, layout.directory);
}

/** @param directory where the message lies now: it is to be safe there before its other name goes */
async function finishMove(context: FolderContext, source: Source, directory: string): Promise<void> {
  await secure(context, directory);
  await removeSource(context, source.path);
}

async function show(context: FolderContext, source: Source, name: string): Promise<void> {
  const { fs, layout } = context;
  const final = `${layout.directory}/${name}`;
  if (fs.exists(final)) throw new MessageExistsError(final);
  try {
    // Whoever wrote it may not have synced it: a power cut would leave an empty message under its final name.
    await secureBytes(context, source.path);
    // That may take long: somebody else may have moved the same file meanwhile.
    if (await wasShown(context, source, name)) return;
    await fs.link(source.path, final);
  } catch (error) {
    if (isErrno(error, 'EEXIST', 'ENOENT') && (await wasShown(context, source, name))) return;
    throw await whyNotShown(context, source, final, error);
  }
  await undoTwin(context, source, name);
}

async function secureBytes({ fs, durability }: FolderContext, path: string): Promise<void> {
  if (durability !== 'power') return;
  const file = await fs.open(path, 'read');
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

/** Whether the link was made, and only the reply was lost: it is the message, or has gone on as that. */
async function wasShown(context: FolderContext, source: Source, name: string): Promise<boolean> {
  const now = await context.fs.lstat(source.path);
  if (now !== undefined && now.links <= source.stat.links) return false;
  return (await findPublished(context, source, name)) !== undefined;
}

async function whyNotShown({ fs }: FolderContext, { path }: Source, final: string, error: unknown): Promise<unknown> {
  if (isErrno(error, 'EEXIST')) return new MessageExistsError(final, { cause: error });
  if (isErrno(error, 'ENOENT') && (await fs.lstat(path)) === undefined) return goneError(path, { cause: error });
  return error;
}

/** There is nothing to put. */
export function goneError(path: string, options?: ErrorOptions): UnusableMessageError {
  return new UnusableMessageError(path, 'there is no such file', 'Check the path; it may have been put before.', options);
}
