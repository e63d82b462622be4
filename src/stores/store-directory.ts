import { FormatVersionError } from '../errors.ts';
import { NotAStoreError, ReadOnlyStoreError } from './store-errors.ts';
import { FOLDER_MANIFEST_FILE } from '../formats/folder-manifest.ts';
import { STORE_MANIFEST_FILE, STORE_MANIFEST_FORMAT } from '../formats/store-manifest.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { STAGE_PREFIX } from '../fs/publish.ts';
import { createRecord, readRecord, replaceRecord } from '../fs/record-store.ts';
import type { StoreArea } from './store.ts';

const AREAS: readonly StoreArea[] = ['tasks', 'batches'];

/**
 * What a directory is: a store, or a place for one. Nothing is touched.
 * @throws NotAStoreError, FormatVersionError
 */
export async function readStore(fs: FileSystem, directory: string): Promise<'store' | 'damaged' | 'empty' | 'absent'> {
  const names = await namesIn(fs, directory);
  if (names === undefined) return 'absent';
  const path = `${directory}/${STORE_MANIFEST_FILE}`;
  const stored = await readRecord(fs, path, STORE_MANIFEST_FORMAT);
  if (stored.kind === 'newer') throw new FormatVersionError(path, stored.version, STORE_MANIFEST_FORMAT.version);
  if (stored.kind === 'foreign') throw new NotAStoreError(directory, `its ${STORE_MANIFEST_FILE} belongs to something else`);
  if (stored.kind === 'record') return 'store';
  if (stored.kind === 'damaged') return 'damaged';
  const foreign = names.find((name) => !isPartOfStore(name));
  if (foreign === undefined) return 'empty';
  const isQueue = names.includes(FOLDER_MANIFEST_FILE) || fs.exists(`${directory}/.dibs/${FOLDER_MANIFEST_FILE}`);
  throw new NotAStoreError(directory, isQueue ? 'it holds a queue' : `it holds ${JSON.stringify(foreign)} and no ${STORE_MANIFEST_FILE}`);
}

/**
 * Makes a directory a store, if it is none. Always synced: it is written once, and a power cut must not make the directory
 * look like somebody else's. A stop leaves an empty directory, or a store.
 */
export async function openStoreDirectory(fs: FileSystem, directory: string): Promise<void> {
  try {
    const found = await readStore(fs, directory);
    if (found === 'store') return;
    if (found === 'absent') await makeDirectory(fs, directory, { durable: true });
    const path = `${directory}/${STORE_MANIFEST_FILE}`;
    // All who mend it write the same.
    if (found === 'damaged') await replaceRecord(fs, path, STORE_MANIFEST_FORMAT, {}, { sync: true });
    else await createRecord(fs, path, STORE_MANIFEST_FORMAT, {}, { sync: true });
  } catch (error) {
    throw refusedToWrite(directory, error);
  }
}

/** What tells of a directory that can't be written; any other error as it is. */
export function refusedToWrite(directory: string, error: unknown): unknown {
  return isErrno(error, 'EROFS', 'EACCES', 'EPERM') ? new ReadOnlyStoreError(directory, { cause: error }) : error;
}

async function namesIn(fs: FileSystem, directory: string): Promise<string[] | undefined> {
  try {
    return await fs.readdir(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'ENOTDIR')) throw new NotAStoreError(directory, 'it is a file', { cause: error });
    throw error;
  }
}

/** What lies in one that was stopped before it said what it is. */
function isPartOfStore(name: string): boolean {
  return AREAS.some((area) => area === name) || name.startsWith(STAGE_PREFIX);
}
