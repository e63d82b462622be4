import { type Fields, formatRecord } from '../formats/json-record.ts';
import { formatCheckpoint, formatStamp } from '../formats/task-name.ts';
import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import { discardStage, removeIfThere, stageFile } from '../fs/publish.ts';
import { readRecord } from '../fs/record-store.ts';
import type { FileClaim } from './file-claim.ts';
import { CHECKPOINT_FORMAT, fileOf, type TaskFile } from './task-files.ts';
import { secure, type TaskFolders } from './task-folders.ts';

/**
 * A file of its own, and then the claim's rename to a name that carries it, which decides what a successor reads. A stop
 * before the rename leaves a file that means nothing, and the checkpoint that was. False if the claim was gone.
 */
export async function writeCheckpoint(folders: TaskFolders, held: FileClaim, fields: Fields): Promise<boolean> {
  const { fs, checkpoints, directory, isDurable, names } = folders;
  const { id } = held.task;
  const token = names.next();
  const path = `${checkpoints}/${formatCheckpoint(id, token)}`;
  await stageFile(fs, path, new TextEncoder().encode(formatRecord(CHECKPOINT_FORMAT, fields)), { sync: isDurable });
  const before = held.name.checkpoint;
  const next = fileOf(folders, { place: held.place, name: { ...held.name, checkpoint: token } });
  try {
    await secure(folders, checkpoints);
    if (!(await claimFile(fs, held.path, next.path))) {
      await discardStage(fs, path);
      return false;
    }
  } catch (error) {
    // It may have its new name all the same.
    if (fs.exists(next.path)) held.moveTo(next.claim, next.path);
    else await discardStage(fs, path);
    throw error;
  }
  held.moveTo(next.claim, next.path);
  await secure(folders, `${directory}/${held.place}`);
  if (before !== undefined) await removeIfThere(fs, `${checkpoints}/${formatCheckpoint(id, before)}`);
  return true;
}

/**
 * What was written down while somebody had it that gives it back: under the name of the record's very version, which a
 * successor reads where the claim's name says nothing else. The next version does not see it.
 */
export async function keepCheckpoint(folders: TaskFolders, { name, path, task, before }: FileClaim): Promise<void> {
  const { fs, checkpoints } = folders;
  const { checkpoint } = name;
  if (checkpoint === undefined || checkpoint === before.claim?.checkpoint) return;
  const record = await fs.lstat(path);
  if (record === undefined) return;
  try {
    await fs.rename(`${checkpoints}/${formatCheckpoint(task.id, checkpoint)}`, keptPath(folders, task.id, record));
  } catch (error) {
    // A repeat, or a reply that was lost.
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  await secure(folders, checkpoints);
}

/** What was written down on the way, if anything was; or that it can't be read. */
export type CheckpointContent =
  | { readonly kind: 'record'; readonly fields: Fields | undefined }
  | { readonly kind: 'damaged'; readonly path: string; readonly reason: string };

/** What was written down last by whoever has a task, or had this version of it. */
export async function readCheckpoint(folders: TaskFolders, { id, claim }: TaskFile, version: RecordVersion): Promise<CheckpointContent> {
  const { fs, checkpoints } = folders;
  const own = claim?.checkpoint === undefined ? undefined : `${checkpoints}/${formatCheckpoint(id, claim.checkpoint)}`;
  for (const path of [own, keptPath(folders, id, version)]) {
    if (path === undefined) continue;
    const stored = await readRecord(fs, path, CHECKPOINT_FORMAT);
    if (stored.kind === 'record') return stored;
    if (stored.kind === 'newer') return { kind: 'damaged', path, reason: `it is written in format ${stored.version}: upgrade dibs` };
    if (stored.kind !== 'absent') return { kind: 'damaged', path, reason: stored.reason };
  }
  return { kind: 'record', fields: undefined };
}

/** Removes what was written down on the way to what a task has come to now. */
export async function dropCheckpoints(folders: TaskFolders, { id, path, claim }: TaskFile): Promise<void> {
  const { fs, checkpoints } = folders;
  if (claim?.checkpoint !== undefined) await removeIfThere(fs, `${checkpoints}/${formatCheckpoint(id, claim.checkpoint)}`);
  const record = await fs.lstat(path);
  const kept = record && keptPath(folders, id, record);
  if (kept !== undefined && (await fs.lstat(kept)) !== undefined) await removeIfThere(fs, kept);
}

type RecordVersion = Parameters<typeof formatStamp>[0];

export function keptPath({ checkpoints }: TaskFolders, id: string, version: RecordVersion): string {
  return `${checkpoints}/${formatCheckpoint(id, formatStamp(version))}`;
}
