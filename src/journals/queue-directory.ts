import { DiskError, FormatVersionError, NotAQueueError, QueueNotFoundError, ReadOnlyQueueError, WorkQueueError } from '../errors.ts';
import { parseJournalName } from '../formats/journal-name.ts';
import { formatManifest, type Manifest, MANIFEST_FILE, parseManifest, VERSION } from '../formats/manifest.ts';
import { errnoName, isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { STAGE_PREFIX, stagePath } from '../fs/ownership.ts';
import { discardStage, publishFile, stageFile } from '../fs/publish.ts';
import { readSmallFile } from '../fs/small-file.ts';
import type { DamageLog } from './damage.ts';

const OWN_FILES = /^owner\.\d+$/;
const LONGEST_MANIFEST = 64 * 1024;


/** What a directory says it holds. */
export interface QueueIdentity extends Manifest {
  /** Its manifest is damaged or lost, and is to be written again. Then the name is what the journals say, or empty. */
  readonly damaged: boolean;
}

/**
 * Reads what queue a directory holds: undefined if it is empty, so that one may be made in it. Nothing is touched.
 * @throws QueueNotFoundError, NotAQueueError, FormatVersionError
 */
export async function readIdentity(fs: FileSystem, directory: string, damage: DamageLog): Promise<QueueIdentity | undefined> {
  const names = await listDirectory(fs, directory);
  const file = await readSmallFile(fs, `${directory}/${MANIFEST_FILE}`, LONGEST_MANIFEST);
  // The journals' names say what a damaged or lost manifest does not.
  const name = names.map(parseJournalName).find((journal) => journal !== null)?.name;
  if (file.kind === 'text') {
    const manifest = parseManifest(file.text);
    if (manifest.kind === 'foreign') throw new NotAQueueError(directory, `its ${MANIFEST_FILE} belongs to something else`);
    if (manifest.kind === 'damaged') {
      damage.report({ file: MANIFEST_FILE, offset: 0, length: file.text.length, reason: 'the checksum does not hold: the journals say what this is' });
      return { name: name ?? '', version: VERSION, damaged: true };
    }
    // Refused before anything is touched, and believed because its checksum holds.
    if (manifest.version > VERSION) throw new FormatVersionError(`${directory}/${MANIFEST_FILE}`, manifest.version, VERSION);
    const { version, resumes } = manifest;
    return { name: manifest.name, version, resumes, damaged: false };
  }
  if (name !== undefined) return { name, version: VERSION, damaged: true };
  const foreign = names.find((other) => !OWN_FILES.test(other) && !other.startsWith(STAGE_PREFIX));
  if (foreign !== undefined) throw new NotAQueueError(directory, `it holds ${JSON.stringify(foreign)} and no ${MANIFEST_FILE}`);
  return undefined;
}

/**
 * Says in the directory what it holds. Always synced: it is written once, and a power cut must not make the directory look
 * like somebody else's. A stop before the link leaves a stage that means nothing, a stop after it a queue without messages.
 */
export async function writeIdentity(fs: FileSystem, directory: string, manifest: Omit<Manifest, 'version'>): Promise<void> {
  const stage = await stageManifest(fs, directory, manifest);
  // Somebody else may have been faster: then theirs stands, and says the same or is found by the caller.
  const published = await publishFile(fs, stage, `${directory}/${MANIFEST_FILE}`, { syncDirectory: directory });
  if (!published) await discardStage(fs, stage);
}

/** Writes a manifest anew that is damaged or lost. Only the owner may: a rename overwrites silently. */
export async function mendIdentity(fs: FileSystem, directory: string, manifest: Omit<Manifest, 'version'>): Promise<void> {
  await fs.rename(await stageManifest(fs, directory, manifest), `${directory}/${MANIFEST_FILE}`);
  await fs.syncDirectory(directory);
}

async function stageManifest(fs: FileSystem, directory: string, manifest: Omit<Manifest, 'version'>): Promise<string> {
  const stage = stagePath(directory);
  await stageFile(fs, stage, new TextEncoder().encode(formatManifest({ ...manifest, version: VERSION })), { sync: true });
  return stage;
}

async function listDirectory(fs: FileSystem, directory: string): Promise<string[]> {
  try {
    return await fs.readdir(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new QueueNotFoundError(directory, { cause: error });
    if (isErrno(error, 'ENOTDIR')) throw new NotAQueueError(directory, 'it is a file', { cause: error });
    throw error;
  }
}

/** The typed error for what the disk refused while a queue was opened. */
export function openError(directory: string, error: unknown): unknown {
  const cause = error instanceof DiskError ? error.errno : isSystemError(error) ? errnoName(error) : undefined;
  if (cause === undefined || (error instanceof WorkQueueError && !(error instanceof DiskError))) return error;
  if (cause === 'EROFS' || cause === 'EACCES' || cause === 'EPERM') return new ReadOnlyQueueError(directory, { cause: error });
  if (error instanceof DiskError) return error;
  if (cause === 'ENOTDIR' || cause === 'EEXIST') return new NotAQueueError(directory, 'it is a file', { cause: error });
  return new DiskError('open', directory, cause, { cause: error });
}

function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ('errno' in error || 'syscall' in error || ('code' in error && /^E[A-Z]+$/.test(String(error.code))));
}
