import { dirname } from 'node:path';
import { MessageExistsError } from './folder-errors.ts';
import { formatStageName, moveKey, parseStageName } from '../formats/stage-name.ts';
import { copyFile, writeNewFile } from '../fs/copy.ts';
import { isErrno } from '../fs/errno.ts';
import { discardStage, removeIfThere, stageFile } from '../fs/publish.ts';
import { type FolderContext, secure } from './folder-context.ts';
import type { Source } from './published.ts';
import { showMessage, showStage } from './show-message.ts';

/** Puts a message of these bytes. A stop leaves nothing, or part of a stage, or the whole message. @throws MessageExistsError */
export async function writeIn(context: FolderContext, name: string, bytes: Uint8Array): Promise<void> {
  // Whether the name is free is not asked first: that would cost more than a text that is written in vain now and then.
  const stage = `${context.layout.stages}/${formatStageName(context.names.next())}`;
  await stageFile(context.fs, stage, bytes, { sync: context.durability === 'power' });
  await showMessage(context, stage, name);
}

/** Puts a message of all that comes, piece by piece. @throws MessageExistsError, and what the stream throws: then nothing is left of it */
export async function streamIn(context: FolderContext, name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const stage = stageOf(context, name);
  await writeNewFile(context.fs, stage, chunks, { sync: context.durability === 'power' });
  await showMessage(context, stage, name);
}

/** Puts a copy of a file. @throws MessageExistsError */
export async function copyIn(context: FolderContext, { path }: Source, name: string): Promise<void> {
  const stage = stageOf(context, name);
  await copyFile(context.fs, path, stage, { sync: context.durability === 'power' });
  await showMessage(context, stage, name);
}

/**
 * Moves a file in that can't get a second name in the folder: from another device, say. The stage, which is the message's
 * second name, stays until the source is gone: a repeat of a move that was stopped in between finds by it that the message
 * was shown, whatever became of it, and only removes the source.
 *
 * @throws MessageExistsError
 */
export async function moveByCopy(context: FolderContext, source: Source, name: string): Promise<void> {
  const { fs, layout } = context;
  const key = moveKey({ path: source.path, ...source.stat, name });
  const stage = (await findShown(context, key)) ?? (await showCopy(context, source, name, key));
  await secure(context, layout.directory);
  await removeSource(context, source.path);
  await discardStage(fs, stage);
}

/**
 * The end of a move: the message is safe under its own name, and the source goes. It is not to come back by a power cut,
 * or the next run would put it again.
 */
export async function removeSource(context: FolderContext, path: string): Promise<void> {
  try {
    await removeIfThere(context.fs, path);
  } catch (error) {
    // Whatever was answered: gone is gone.
    if ((await context.fs.lstat(path)) !== undefined) throw error;
  }
  try {
    await secure(context, dirname(path));
  } catch (error) {
    // A directory that may be written and not read can't be synced by us.
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
  }
}

async function showCopy(context: FolderContext, source: Source, name: string, key: string): Promise<string> {
  const { fs, layout } = context;
  const stage = stageOf(context, name, key);
  const final = `${layout.directory}/${name}`;
  await copyFile(fs, source.path, stage, { sync: context.durability === 'power' });
  // Before it is shown: else a power cut might leave the message, and nothing that tells a repeat that it was shown.
  await secure(context, layout.stages);
  let isShown = false;
  try {
    isShown = await showStage(context, stage, final);
  } finally {
    // What was shown all the same leaves it, for a repeat to find.
    if (!isShown && (await fs.lstat(stage).catch(() => undefined))?.links === 1) await discardStage(fs, stage);
  }
  if (!isShown) throw new MessageExistsError(final);
  return stage;
}

/** The stage of that move which was shown: it has a second name. */
async function findShown({ fs, layout }: FolderContext, key: string): Promise<string | undefined> {
  for (const file of await fs.readdir(layout.stages)) {
    if (parseStageName(file)?.key !== key) continue;
    const stage = `${layout.stages}/${file}`;
    if (((await fs.lstat(stage))?.links ?? 0) > 1) return stage;
  }
  return undefined;
}

/** A new name for a stage. It is not worth writing one whose message is there already. */
function stageOf({ fs, layout, names }: FolderContext, name: string, key?: string): string {
  const final = `${layout.directory}/${name}`;
  if (fs.exists(final)) throw new MessageExistsError(final);
  return `${layout.stages}/${formatStageName(names.next(), key)}`;
}
