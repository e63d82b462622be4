import { formatCopyNote, parseCopyNote } from '../formats/claim-note.ts';
import { formatKeptName } from '../formats/kept-name.ts';
import { copyFile } from '../fs/copy.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileStat, FileSystem } from '../fs/file-system.ts';
import { discardStage, linkOnce, NO_LINKS, removeIfThere } from '../fs/publish.ts';
import { isSameFile } from '../fs/same-file.ts';
import type { Claim, KeptCopy, Shown } from './claimed-message.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { scanIfThere } from './in-order.ts';
import { linkKept } from './kept-link.ts';

/**
 * Shows a claimed file on another device, where it can't be linked, as a copy. Undefined if the claim is gone.
 *
 *     noted: a second name of the claimed file ─▶ copied to a stage there ─▶ the stage linked to its own name ─▶ the claim
 *     removed ─▶ stage and note removed
 *
 * The note tells of the stage from before it is made, so that whoever finds the claim after a stop finds what lies there as
 * well. Until the claim is surely gone the stage stays, as a second name of the copy: by that it is known that it was shown.
 */
export async function showCopy(context: FolderContext, claim: Claim, directory: string): Promise<Shown | undefined> {
  const { fs, layout, durability, names } = context;
  const found = await fs.lstat(claim.path);
  if (found === undefined) return undefined;
  const before = found.links > 1 ? await findCopy(context, claim.name, found) : undefined;
  if (before?.directory === directory) return before;
  const token = names.next();
  const stage = `${directory}/.stage-${token}`;
  const note = `${layout.stages}/${formatCopyNote({ inode: found.inode, token })}`;
  let kept: string | undefined;
  try {
    const noted = await makeNote(context, claim, note);
    if (noted === 'lost') return undefined;
    await copyFile(fs, claim.path, stage, { sync: durability === 'power' });
    // A consumer that slept meanwhile has lost its claim, or is about to: whoever takes it back takes the note away first.
    if (!fs.exists(claim.path) || (noted === 'noted' && !fs.exists(note))) return undefined;
    // Or a power cut might leave the copy, and nothing that tells of it.
    await Promise.all([secure(context, directory), secure(context, layout.stages)]);
    kept = await linkKept(context, claim, stage, directory);
    return { directory, kept, copy: { stage, note } };
  } catch (error) {
    if (isErrno(error, 'ENOENT') && (await fs.lstat(claim.path)) === undefined) return undefined;
    throw error;
  } finally {
    // What was shown all the same leaves both, for a repeat to find.
    if (kept === undefined && (await isUnshown(context, stage))) await discard(context, { stage, note });
  }
}

/** False also if the disk does not tell: then both stay, and whoever finds the claim, or forgets its consumer, judges. */
function isUnshown({ fs }: FolderContext, stage: string): Promise<boolean> {
  return fs.lstat(stage).then(
    (found) => (found?.links ?? 1) === 1,
    () => false,
  );
}

/** `lost` if the claim is gone. Without hard links there is no note, and a copy is not known again. */
async function makeNote({ fs }: FolderContext, claim: Claim, note: string): Promise<'noted' | 'unnoted' | 'lost'> {
  try {
    if (await linkOnce(fs, claim.path, note)) return 'noted';
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EXDEV', ...NO_LINKS)) throw error;
  }
  return (await fs.lstat(claim.path)) === undefined ? 'lost' : 'unnoted';
}

/** Where a copy of that file was shown, by somebody who was stopped before its claim was gone. What was not shown is removed. */
export async function findCopy(context: FolderContext, name: string, found: FileStat): Promise<Shown | undefined> {
  const { fs } = context;
  for (const noted of await notesOf(context, found.inode)) {
    // The file of an old note may be gone, and its number given out again.
    if (!isSameFile(await fs.lstat(noted.note), found)) continue;
    const shown = await findShown(context, name, noted);
    if (shown !== undefined) return shown;
    await discardStage(fs, noted.note);
    // Who slept may have begun its stage after we looked for it, and seen the note before that was gone.
    const late = await findShown(context, name, noted);
    if (late !== undefined) return late;
  }
  return undefined;
}

async function findShown(context: FolderContext, name: string, { note, token, inode }: FoundNote): Promise<Shown | undefined> {
  for (const directory of keptDirectories(context)) {
    const stage = `${directory}/.stage-${token}`;
    const copy = await judge(context, stage);
    if (copy === undefined) continue;
    const other = formatKeptName(name, inode);
    const isOther = isSameFile(await context.fs.lstat(`${directory}/${other}`), copy);
    return { directory, kept: isOther ? other : name, copy: { stage, note } };
  }
  return undefined;
}

/**
 * Whether a copy was shown: it has a second name then. Who made it may only have slept, and must not show it after it was
 * found that it did not: so the stage gets another name first, and nobody can show it any more.
 */
async function judge({ fs }: FolderContext, stage: string): Promise<FileStat | undefined> {
  const judged = judgedName(stage);
  await fs.rename(stage, judged).catch((error: unknown) => {
    // Somebody else judged it before, or it never was here.
    if (!isErrno(error, 'ENOENT')) throw error;
  });
  const found = await fs.lstat(judged);
  if (found === undefined || found.links > 1) return found;
  await discardStage(fs, judged);
  return undefined;
}

/** What told of a copy is needed no more once its claim is surely gone, and can't be brought back by a power cut. */
export async function endCopy(context: FolderContext, copy: KeptCopy): Promise<void> {
  await secure(context, context.layout.directory);
  await discard(context, copy);
}

/** The note goes last: as long as there is a stage, it tells of it. So it stays for who sweeps if the disk refuses a stage. */
async function discard({ fs }: FolderContext, { stage, note }: KeptCopy): Promise<void> {
  if (await areRemoved(fs, [stage, judgedName(stage)])) await discardStage(fs, note);
}

function areRemoved(fs: FileSystem, paths: readonly string[]): Promise<boolean> {
  return Promise.all(paths.map((path) => removeIfThere(fs, path))).then(
    () => true,
    () => false,
  );
}

/** Removes what tells of copies whose message has no other name any more, ready or claimed: their claims are gone. */
export async function sweepCopies(context: FolderContext): Promise<void> {
  const { fs } = context;
  for (const { note, token } of await notesOf(context)) {
    if ((await fs.lstat(note))?.links !== 1) continue;
    const stages = keptDirectories(context).map((directory) => `${directory}/.stage-${token}`);
    if (await areRemoved(fs, [...stages, ...stages.map(judgedName)])) await discardStage(fs, note);
  }
}

/**
 * Finishes what lies in a directory as a copy, of which the claim was not removed: that is done now.
 * @param files all names of the message in the folder
 */
export async function finishCopy(context: FolderContext, directory: string, kept: FileStat, files: readonly string[]): Promise<void> {
  const { fs } = context;
  for (const { note, token, inode } of await notesOf(context)) {
    const stage = `${directory}/.stage-${token}`;
    const found = (await fs.lstat(stage)) ?? (await fs.lstat(judgedName(stage)));
    if (!isSameFile(found, kept)) continue;
    for (const path of files) if ((await fs.lstat(path))?.inode === inode) await removeIfThere(fs, path);
    await endCopy(context, { stage, note });
  }
}

interface FoundNote {
  readonly note: string;
  readonly token: string;
  readonly inode: bigint;
}

async function notesOf({ fs, layout }: FolderContext, inode?: bigint): Promise<FoundNote[]> {
  const notes: FoundNote[] = [];
  await scanIfThere(fs, layout.stages, (file) => {
    const parsed = parseCopyNote(file);
    if (parsed !== null && (inode === undefined || parsed.inode === inode)) notes.push({ ...parsed, note: `${layout.stages}/${file}` });
  });
  return notes;
}

function keptDirectories({ layout }: FolderContext): string[] {
  return [layout.doneDir, layout.failedDir].filter((directory) => directory !== null);
}

function judgedName(stage: string): string {
  return `${stage}.judged`;
}
