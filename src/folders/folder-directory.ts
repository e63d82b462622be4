import { FormatVersionError, NotAQueueError, QueueNotFoundError } from '../errors.ts';
import { FolderOptionsError } from './folder-errors.ts';
import {
  FOLDER_MANIFEST_FILE,
  FOLDER_MANIFEST_FORMAT,
  type FolderManifest,
  formatFolderManifest,
  parseFolderManifest,
} from '../formats/folder-manifest.ts';
import { MANIFEST_FILE, MANIFEST_FORMAT } from '../formats/manifest.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { createRecord, readRecord, replaceRecord } from '../fs/record-store.ts';
import type { FolderLayout } from './folder-layout.ts';

/** What a folder may be told once and has to keep to. */
export type FolderRules = Partial<FolderManifest>;

/** What a folder is told that was told nothing else. */
export const DEFAULT_RULES: FolderManifest = { extension: '.tsv', maxAttempts: 3 };

/**
 * Reads by what rules a folder is used; undefined if nobody has used it yet. Nothing is touched.
 * @throws QueueNotFoundError, NotAQueueError, FormatVersionError
 */
export async function readFolder(fs: FileSystem, layout: FolderLayout): Promise<FolderManifest | 'damaged' | undefined> {
  const { directory } = layout;
  const found = await fs.lstat(`${directory}/.`);
  if (found?.kind !== 'directory') {
    if ((await fs.lstat(directory)) !== undefined) throw new NotAQueueError(directory, 'it is a file');
    throw new QueueNotFoundError(directory);
  }
  const path = manifestPath(layout);
  const stored = await readRecord(fs, path, FOLDER_MANIFEST_FORMAT);
  if (stored.kind === 'newer') throw new FormatVersionError(path, stored.version, FOLDER_MANIFEST_FORMAT.version);
  if (stored.kind === 'foreign') throw new NotAQueueError(directory, `its ${path} belongs to something else`);
  if (stored.kind === 'damaged') return 'damaged';
  if (stored.kind === 'record') return parseFolderManifest(stored.fields) ?? 'damaged';
  const values = await readRecord(fs, `${directory}/${MANIFEST_FILE}`, MANIFEST_FORMAT);
  if (values.kind !== 'absent' && values.kind !== 'foreign') throw new NotAQueueError(directory, 'it holds a queue of values');
  return undefined;
}

/** What a link leads to lies elsewhere, and nobody said that it is the queue's. */
async function refuseLinks(fs: FileSystem, { directory, unnamed }: FolderLayout): Promise<void> {
  for (const place of unnamed) {
    if ((await fs.lstat(place))?.kind !== 'other') continue;
    throw new NotAQueueError(directory, `its ${place} is a link. Remove it, or say where it leads to by doneDir or failedDir`);
  }
}

/**
 * Makes a folder ready for use, by the rules it has, or else by those that are given. A stop leaves a folder with some of
 * the directories, which the next opening completes.
 *
 * @throws FolderOptionsError if it is used by other rules
 * @throws NotAQueueError if a link lies where its own files would
 */
export async function openFolder(
  fs: FileSystem,
  layout: FolderLayout,
  rules: FolderRules,
  { durable }: { durable: boolean },
): Promise<FolderManifest> {
  await makeDirectory(fs, layout.directory, { durable });
  let found = await readFolder(fs, layout);
  await refuseLinks(fs, layout);
  const wanted = { ...DEFAULT_RULES, ...defined(rules) };
  for (const one of [layout.consumers, layout.producers, layout.stages]) await fs.mkdir(one);
  if (durable) for (const one of [layout.own, layout.directory]) await fs.syncDirectory(one);
  // Of several who open it first, one writes it, and the others keep to that.
  if (
    found === undefined &&
    !(await createRecord(fs, manifestPath(layout), FOLDER_MANIFEST_FORMAT, formatFolderManifest(wanted), { sync: durable }))
  )
    found = await readFolder(fs, layout);
  // All who mend it write the same but for what they were told, and then the next opening of one of them says so.
  if (found === 'damaged')
    await replaceRecord(fs, manifestPath(layout), FOLDER_MANIFEST_FORMAT, formatFolderManifest(wanted), { sync: durable });
  if (found === undefined || found === 'damaged') return wanted;
  assertSame(layout.directory, found, rules);
  return found;
}

function assertSame(directory: string, found: FolderManifest, rules: FolderRules): void {
  for (const option of ['extension', 'maxAttempts'] as const) {
    const given = rules[option];
    if (given !== undefined && given !== found[option]) throw new FolderOptionsError(directory, option, found[option], given);
  }
}

function defined(rules: FolderRules): FolderRules {
  return Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
}

function manifestPath({ own }: FolderLayout): string {
  return `${own}/${FOLDER_MANIFEST_FILE}`;
}
