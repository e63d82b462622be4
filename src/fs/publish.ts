import { randomBytes } from 'node:crypto';
import { errnoError, isErrno } from './errno.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { isSameFile } from './same-file.ts';

/** Names in the directory that mean nothing to anyone but who writes them; a new owner sweeps those that were left. */
export const STAGE_PREFIX = 'stage.';

/** What a disk answers on which no second name of a file can be made, or not of this file. */
export const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'] as const;

/** A name for a stage that nobody else uses. */
export function stagePath(directory: string, token: string = randomBytes(8).toString('hex')): string {
  return `${directory}/${STAGE_PREFIX}${token}`;
}

export interface StageOptions {
  /** Whether the bytes are to survive a power cut before anybody can see them. */
  readonly sync: boolean;
}

/**
 * Writes a new file with all of `bytes`, under a name that nobody else uses and nobody reads. What can't be written whole
 * is removed again, and the disk's error thrown.
 *
 * A stop at any point leaves at most part of a file under the stage's name, which means nothing to anyone.
 */
export async function stageFile(fs: FileSystem, stage: string, bytes: Uint8Array, { sync }: StageOptions): Promise<void> {
  const file = await openStage(fs, stage);
  try {
    try {
      writeAll(file, bytes, stage);
      if (sync) await file.sync();
    } finally {
      file.close();
    }
  } catch (error) {
    await discardStage(fs, stage);
    throw error;
  }
}

/** Begins a stage. Its name is this attempt's own: if it is there, it was made by this very call, and only the reply was lost. */
export async function openStage(fs: FileSystem, stage: string): Promise<OpenFile> {
  try {
    return await fs.open(stage, 'append');
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    await removeIfThere(fs, stage);
    return fs.open(stage, 'append');
  }
}

/** Goes on after a short write: a disk that takes only a part says why at the next write, or takes nothing and is full. */
export function writeAll(file: OpenFile, bytes: Uint8Array, path: string): void {
  for (let written = 0; written < bytes.length;) {
    const taken = file.write(bytes, written, bytes.length - written);
    if (taken === 0) throw errnoError('ENOSPC', 'write', path);
    written += taken;
  }
}

export interface PublishOptions {
  /** A directory to sync before this is acknowledged, so that the final name survives a power cut; null leaves it to the system. */
  readonly syncDirectory: string | null;
}

/**
 * Shows a staged file under its final name, whole and never over another: true if it is there now and the stage is gone,
 * false if another file has that name, and then nothing was changed.
 *
 * `link` decides, so of all who want the name one gets it. A stop before it leaves the stage alone, a stop after it the
 * whole file under both names: publishing the same stage once more finishes that. If it throws, nobody was told that the
 * file is there, but it may be; the stage is left for a repeat, or for `discardStage`.
 *
 * Where no hard links can be made a rename has to do: see `renameIfFree`.
 */
export async function publishFile(fs: FileSystem, stage: string, final: string, { syncDirectory }: PublishOptions): Promise<boolean> {
  if (!(await linkOrRename(fs, stage, final))) return false;
  // Synced before the stage goes: a power cut may undo either step, but never both names of what was acknowledged.
  if (syncDirectory !== null) await fs.syncDirectory(syncDirectory);
  await removeIfThere(fs, stage);
  return true;
}

async function linkOrRename(fs: FileSystem, stage: string, final: string): Promise<boolean> {
  try {
    return await linkOnce(fs, stage, final);
  } catch (error) {
    if (!isErrno(error, ...NO_LINKS)) throw error;
    return renameIfFree(fs, stage, final);
  }
}

/** Gives a stage a name that is free: false if it is not. A rename overwrites: of two who do this at the same moment, one may be lost. */
export async function renameIfFree(fs: FileSystem, stage: string, final: string): Promise<boolean> {
  if (fs.exists(final)) return false;
  await renameStage(fs, stage, final);
  return true;
}

/**
 * Gives a stage its name, whatever has it. On a network a rename that succeeded may answer ENOENT: then the file under that
 * name is the one that was staged.
 */
export async function renameStage(fs: FileSystem, stage: string, final: string): Promise<void> {
  const staged = await fs.lstat(stage);
  try {
    await fs.rename(stage, final);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || staged === undefined) throw error;
    if (!isSameFile(await fs.lstat(final), staged)) throw error;
  }
}

/**
 * Links `from` to `to`: false if another file has that name. A link that succeeded may answer whatever error, on a network
 * above all EEXIST and ENOENT: then both names lead to one inode, and it was ours. `from` has to be a name that only this call links.
 */
export async function linkOnce(fs: FileSystem, from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
    return true;
  } catch (error) {
    if (await isLinked(fs, from, to)) return true;
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isLinked(fs: FileSystem, from: string, to: string): Promise<boolean> {
  const ours = await fs.lstat(from);
  if (ours === undefined || ours.links < 2) return false;
  return isSameFile(await fs.lstat(to), ours);
}

/** Unlinks what may be gone already: by a repeat, or by an unlink whose reply was lost. */
export async function removeIfThere(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** Removes a stage that came to nothing. If that fails it is swept by the next owner, and the first error is the one to tell. */
export async function discardStage(fs: FileSystem, stage: string): Promise<void> {
  await fs.unlink(stage).catch(() => undefined);
}
