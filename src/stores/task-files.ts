import { formatRecord, parseRecord, type Fields, type RecordFormat } from '../formats/json-record.ts';
import { formatTaskClaim, formatTaskFile, parseTaskClaim, parseTaskFile, type TaskClaimName } from '../formats/task-name.ts';
import { isErrno } from '../fs/errno.ts';
import { stageFile } from '../fs/publish.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { isPlace, isRunning, type TaskPlace } from '../machines/task-place.ts';
import { claimsLast, namesIn, placesOf, type TaskFolders } from './task-folders.ts';

export const TASK_FORMAT: RecordFormat = { name: 'dibs/task', version: 1 };
export const CHECKPOINT_FORMAT: RecordFormat = { name: 'dibs/checkpoint', version: 1 };

/** Longer than any record, in bytes. */
export const LONGEST_RECORD = 16 * 1024 * 1024;

/** A file of a task, and where. */
export interface TaskFile {
  readonly id: string;
  readonly place: TaskPlace;
  readonly path: string;
  /** Set if somebody has it. */
  readonly claim: TaskClaimName | undefined;
}

/** What makes a file this very version of a record. */
export interface FileVersion {
  readonly path: string;
  readonly inode: bigint;
  readonly size: number;
  readonly modifiedMs: number;
  readonly changedMs?: number;
}

export type TaskContent =
  | { readonly kind: 'absent' }
  /** The version of what is a file. */
  | { readonly kind: 'damaged'; readonly reason: string; readonly version?: FileVersion; readonly newer?: number }
  | { readonly kind: 'record'; readonly place: TaskPlace; readonly fields: Fields; readonly version: FileVersion };

export function pathOf({ directory }: TaskFolders, place: TaskPlace, id: string): string {
  return `${directory}/${place}/${formatTaskFile(id)}`;
}

/** The file that says that an id is taken. */
export function idOf({ ids }: TaskFolders, id: string): string {
  return `${ids}/${formatTaskFile(id)}`;
}

/** The file of a task that somebody has. */
export function fileOf({ directory }: TaskFolders, { place, name }: ClaimedTask): TaskFile & { readonly claim: TaskClaimName } {
  return { id: name.id, place, path: `${directory}/${place}/${formatTaskClaim(name)}`, claim: name };
}

/** A claim, by what its file is called. */
export interface ClaimedTask {
  readonly place: TaskPlace;
  readonly name: TaskClaimName;
}

/** How often a file is read anew that was replaced by a longer one after it was measured. */
const MOST_READS = 10;

/** Reads one record. Only what the disk refuses is thrown. */
export async function readTaskFile({ fs }: TaskFolders, path: string): Promise<TaskContent> {
  for (let reads = 1; ; reads += 1) {
    const found = await fs.lstat(path);
    if (found === undefined) return { kind: 'absent' };
    if (found.kind !== 'file') return { kind: 'damaged', reason: 'it is no plain file: move it away' };
    const version: FileVersion = { path, ...found };
    if (found.size > LONGEST_RECORD) return { kind: 'damaged', reason: `it is longer than ${LONGEST_RECORD} bytes`, version };
    const file = await readSmallFile(fs, path, found.size);
    if (file.kind === 'absent') return file;
    if (file.kind === 'text') return contentOf(file.text, version);
    if (reads === MOST_READS || (await fs.lstat(path))?.inode === found.inode) return { kind: 'damaged', reason: file.reason, version };
  }
}

function contentOf(text: string, version: FileVersion): TaskContent {
  const parsed = parseRecord(TASK_FORMAT, text);
  const damaged = (reason: string): TaskContent => ({ kind: 'damaged', reason, version });
  if (parsed.kind !== 'record') return damaged(parsed.reason);
  if (parsed.version > TASK_FORMAT.version)
    return { kind: 'damaged', reason: `it is written in format ${parsed.version}: upgrade dibs`, newer: parsed.version };
  const { status, ...fields } = parsed.fields;
  if (typeof status !== 'string' || !isPlace(status)) return damaged('it has no status');
  return { kind: 'record', place: status, fields, version };
}

/** Writes a record where nobody looks. */
export async function stageTask({ fs, isDurable }: TaskFolders, stage: string, place: TaskPlace, fields: Fields): Promise<void> {
  const text = formatRecord(TASK_FORMAT, { status: place, ...fields });
  await stageFile(fs, stage, new TextEncoder().encode(text), { sync: isDurable });
}

/** Where a task lies, by one look: in more than one place while it is on its way. */
export async function findTask(folders: TaskFolders, id: string): Promise<TaskFile[]> {
  return findIn(folders, await placesOf(folders), id);
}

/**
 * The same for one that nobody has, in places that were there before; undefined for any other. Whether it is on its way to one
 * of those is seen all the same: the place of its claim was there earlier.
 */
export async function glanceAtTask(folders: TaskFolders, id: string): Promise<TaskFile | undefined> {
  const [found, ...others] = await findIn(folders, claimsLast([...folders.seen]), id);
  return found?.claim === undefined && others.length === 0 ? found : undefined;
}

async function findIn(folders: TaskFolders, places: readonly TaskPlace[], id: string): Promise<TaskFile[]> {
  const found: TaskFile[] = [];
  for (const place of places) {
    const path = pathOf(folders, place, id);
    if (isRunning(place)) found.push(...(await claimsOf(folders, place, id)));
    else if ((await folders.fs.lstat(path)) !== undefined) found.push({ id, place, path, claim: undefined });
  }
  return found;
}

/** Who has a task. A place holds no more of them than are in hands. */
async function claimsOf({ fs, directory }: TaskFolders, place: TaskPlace, id: string): Promise<TaskFile[]> {
  const found: TaskFile[] = [];
  for (const name of await namesIn(fs, `${directory}/${place}`)) {
    const claim = parseTaskClaim(name);
    const path = `${directory}/${place}/${name}`;
    if (claim?.id === id && (await fs.lstat(path))?.kind === 'file') found.push({ id, place, path, claim });
  }
  return found;
}

/** Whether a task is there: what is being deleted may be of an earlier one with the same id, and a mark is none. */
export async function isThere(folders: TaskFolders, id: string): Promise<boolean> {
  return (await findTask(folders, id)).some(({ claim }) => claim?.state !== 'going' && claim?.state !== 'back');
}

/** What somebody has in a place. */
export async function claimsIn(folders: TaskFolders, place: TaskPlace): Promise<TaskFile[]> {
  const found: TaskFile[] = [];
  await eachFile(folders, place, (file) => void found.push(file));
  return found;
}

/** Shows each task in a place, in no order, without holding all of them. */
export async function eachFile(
  { fs, directory }: TaskFolders,
  place: TaskPlace,
  visit: (file: TaskFile) => void | Promise<void>,
): Promise<void> {
  const parse = isRunning(place) ? parseTaskClaim : (name: string) => parseTaskFile(name);
  try {
    await fs.scan(`${directory}/${place}`, (name, kind) => {
      const parsed = kind === 'file' ? parse(name) : null;
      if (parsed === null) return undefined;
      const [id, claim] = typeof parsed === 'string' ? [parsed, undefined] : [parsed.id, parsed];
      return visit({ id, place, path: `${directory}/${place}/${name}`, claim });
    });
  } catch (error) {
    // A place that nobody was in yet.
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
