import { DiskError, FormatVersionError, NotAQueueError, QueueNotFoundError, ReadOnlyQueueError, WorkQueueError } from '../errors.ts';
import { parseJournalName } from '../formats/journal-name.ts';
import { formatManifest, MANIFEST_FILE, MANIFEST_FORMAT, type Manifest, parseManifest } from '../formats/manifest.ts';
import { parseOwnerName } from '../formats/owner-record.ts';
import { errnoName, isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { STAGE_PREFIX } from '../fs/publish.ts';
import { createRecord, readRecord, replaceRecord } from '../fs/record-store.ts';
import type { DamageLog } from './damage.ts';
import type { ScanContext } from './message-scan.ts';

/** What a directory says it holds. */
export interface QueueIdentity extends Manifest {
  /** Of the format. */
  readonly version: number;
  /** Its manifest is damaged or lost, and is to be written again. Then the name is what the journals say, or empty. */
  readonly damaged: boolean;
}

/**
 * Reads what queue a directory holds: undefined if it is empty, so that one may be made in it. Nothing is touched.
 * @throws QueueNotFoundError, NotAQueueError, FormatVersionError
 */
export async function readIdentity(fs: FileSystem, directory: string, damage: DamageLog): Promise<QueueIdentity | undefined> {
  const names = await listDirectory(fs, directory);
  const path = `${directory}/${MANIFEST_FILE}`;
  const { version } = MANIFEST_FORMAT;
  const stored = await readRecord(fs, path, MANIFEST_FORMAT);
  // Refused before anything is touched, and believed because its checksum holds.
  if (stored.kind === 'newer') throw new FormatVersionError(path, stored.version, version);
  const manifest = stored.kind === 'record' ? parseManifest(stored.fields) : null;
  if (manifest !== null) return { ...manifest, version, damaged: false };
  // The journals' names say what a damaged or lost manifest does not.
  const name = names.map(parseJournalName).find((journal) => journal !== null)?.name;
  if (stored.kind === 'foreign' && name === undefined)
    throw new NotAQueueError(directory, `its ${MANIFEST_FILE} belongs to something else`);
  if (stored.kind !== 'absent')
    damage.report({
      file: MANIFEST_FILE,
      offset: 0,
      length: (await fs.lstat(path))?.size ?? 0,
      reason: `${'reason' in stored ? stored.reason : 'it has no name'}: the journals say what this is`,
    });
  if (name !== undefined || stored.kind !== 'absent') return { name: name ?? '', version, damaged: true };
  const foreign = names.find((other) => parseOwnerName(other) === null && !other.startsWith(STAGE_PREFIX));
  if (foreign !== undefined) throw new NotAQueueError(directory, `it holds ${JSON.stringify(foreign)} and no ${MANIFEST_FILE}`);
  return undefined;
}

/**
 * Says in the directory what it holds, if nobody else was faster. Always synced: it is written once, and a power cut must
 * not make the directory look like somebody else's.
 */
export async function writeIdentity(fs: FileSystem, directory: string, manifest: Manifest): Promise<void> {
  try {
    await createRecord(fs, `${directory}/${MANIFEST_FILE}`, MANIFEST_FORMAT, formatManifest(manifest), { sync: true });
  } catch (error) {
    // Its stage was swept by an owner: that one was faster.
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** Writes a manifest anew that is damaged or lost. Only the owner may. */
export async function mendIdentity(fs: FileSystem, directory: string, manifest: Manifest): Promise<void> {
  await replaceRecord(fs, `${directory}/${MANIFEST_FILE}`, MANIFEST_FORMAT, formatManifest(manifest), { sync: true });
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

/** The typed error for what the disk refused while a queue was opened, or only read. */
export function openError(directory: string, error: unknown, purpose: 'own' | 'read' = 'own'): unknown {
  const cause = error instanceof DiskError ? error.errno : isSystemError(error) ? errnoName(error) : undefined;
  if (cause === undefined || (error instanceof WorkQueueError && !(error instanceof DiskError))) return error;
  // A file system without hard links answers EPERM too.
  if (cause === 'EPERM' && isCall(error, 'link')) return new DiskError('link', directory, cause, { cause: error });
  // Who may not read is not helped by what tells who may not write.
  if (isDenied(cause) && (purpose === 'read' || isCall(error, 'scandir')))
    return error instanceof DiskError ? error : new DiskError('read', directory, cause, { cause: error });
  if (cause === 'EROFS' || isDenied(cause)) return new ReadOnlyQueueError(directory, { cause: error });
  if (error instanceof DiskError) return error;
  if (cause === 'ENOTDIR' || cause === 'EEXIST') return new NotAQueueError(directory, 'it is a file', { cause: error });
  return new DiskError('open', directory, cause, { cause: error });
}

function isDenied(errno: string): boolean {
  return errno === 'EACCES' || errno === 'EPERM';
}

function isCall(error: unknown, syscall: string): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error && error.syscall === syscall;
}

function isSystemError(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    ('errno' in error || 'syscall' in error || ('code' in error && /^E[A-Z]+$/.test(String(error.code))))
  );
}

/** What a directory says it is. @throws NotAQueueError if it says nothing */
export async function identify({ fs, directory, damage }: ScanContext): Promise<QueueIdentity> {
  const identity = await readIdentity(fs, directory, damage);
  if (identity === undefined) throw new NotAQueueError(directory, 'it is empty');
  return identity;
}
