import { parseKeptName } from '../formats/kept-name.ts';
import { formatRetryStage, parseRetryStage, type RetryStage } from '../formats/retry-stage.ts';
import { moveKey } from '../formats/stage-name.ts';
import { claimFile } from '../fs/claim.ts';
import { copyFile } from '../fs/copy.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileStat } from '../fs/file-system.ts';
import { discardStage, linkOnce, NO_LINKS, removeIfThere } from '../fs/publish.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { type NamedEntry, scanIfThere } from './in-order.ts';

/**
 * Puts back from another device: a copy, which appears whole. False if the file is gone.
 *
 *     copied to a stage ─▶ that linked to `again`: it is back ─▶ the stage renamed, which says so ─▶ the file removed ─▶ the
 *     stage removed
 *
 * A stop after the link leaves both, and `finishRetries` finds by the stage that the file is to go: by its second name, or,
 * once it says so itself, though its message be finished and gone.
 */
export async function copyBack(context: FolderContext, { name, file }: NamedEntry, again: string): Promise<boolean> {
  const { fs, layout, names } = context;
  const from = `${layout.failedDir}/${file}`;
  const found = await fs.lstat(from);
  if (found === undefined) return false;
  const stage: RetryStage = { key: keyOf({ name, file }, found), token: names.next(), state: 'copied' };
  if (!(await showCopy(context, from, pathOf(context, stage), again))) return false;
  await secure(context, layout.directory);
  const back = pathOf(context, { ...stage, state: 'back' });
  await renameIfThere(context, pathOf(context, stage), back);
  await removeIfThere(fs, from);
  // It is not to come back by a power cut when nothing tells of it any more.
  await secure(context, layout.failedDir);
  await discardStage(fs, back);
  return true;
}

async function showCopy(context: FolderContext, from: string, stage: string, again: string): Promise<boolean> {
  const { fs, layout, durability } = context;
  let isShown = false;
  try {
    await copyFile(fs, from, stage, { sync: durability === 'power' });
    // Before it is shown: else a power cut might leave the message, and nothing that tells the next retry of it.
    await secure(context, layout.stages);
    if (fs.exists(from)) isShown = await linkAgain(context, stage, again);
    return isShown;
  } catch (error) {
    if (isErrno(error, 'ENOENT') && !fs.exists(from)) return false;
    throw error;
  } finally {
    // What was shown all the same leaves its stage, for the next retry to find.
    if (!isShown && (await fs.lstat(stage).catch(() => undefined))?.links === 1) await discardStage(fs, stage);
  }
}

/** False if somebody else found that it was not shown, and saw to it that it never is. */
async function linkAgain({ fs }: FolderContext, stage: string, again: string): Promise<boolean> {
  try {
    return await linkOnce(fs, stage, again);
  } catch (error) {
    // Without hard links nothing tells afterwards that it was shown.
    if (isErrno(error, ...NO_LINKS)) return claimFile(fs, stage, again);
    if (isErrno(error, 'ENOENT') && (await fs.lstat(stage)) === undefined) return false;
    throw error;
  }
}

/**
 * Finishes what retries from another device left that were stopped: what they had put back goes where it came from, and what
 * they had not is as if they had never begun. To be called by who is alone with that.
 */
export async function finishRetries(context: FolderContext): Promise<void> {
  const { fs, layout, rules } = context;
  const begun: RetryStage[] = [];
  await scanIfThere(fs, layout.stages, (file) => {
    const stage = parseRetryStage(file);
    if (stage !== null) begun.push(stage);
  });
  const back: RetryStage[] = [];
  for (const stage of begun) {
    const judged = await judge(context, stage);
    if (judged !== undefined) back.push(judged);
  }
  if (back.length === 0) return;
  const keys = new Set(back.map(({ key }) => key));
  const files: NamedEntry[] = [];
  await scanIfThere(fs, layout.failedDir, (file) => {
    const name = parseKeptName(file, rules.extension);
    if (name !== null) files.push({ name, file });
  });
  for (const entry of files) {
    const path = `${layout.failedDir}/${entry.file}`;
    const found = await fs.lstat(path);
    if (found !== undefined && keys.has(keyOf(entry, found))) await removeIfThere(fs, path);
  }
  if (fs.exists(layout.failedDir)) await secure(context, layout.failedDir);
  for (const stage of back) await discardStage(fs, pathOf(context, stage));
}

/**
 * The stage if its copy was put back. Who made it may only have slept: so it gets another name first, by which nobody shows
 * it any more.
 */
async function judge(context: FolderContext, stage: RetryStage): Promise<RetryStage | undefined> {
  if (stage.state === 'back') return stage;
  const judged: RetryStage = { ...stage, state: 'judged' };
  const path = pathOf(context, judged);
  if (stage.state === 'copied') await renameIfThere(context, pathOf(context, stage), path);
  const found = await context.fs.lstat(path);
  if (found !== undefined && found.links > 1) return judged;
  await discardStage(context.fs, path);
  return undefined;
}

async function renameIfThere({ fs }: FolderContext, from: string, to: string): Promise<void> {
  await fs.rename(from, to).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
}

function keyOf({ name, file }: NamedEntry, found: FileStat): string {
  return moveKey({ ...found, path: file, name });
}

function pathOf({ layout }: FolderContext, stage: RetryStage): string {
  return `${layout.stages}/${formatRetryStage(stage)}`;
}
