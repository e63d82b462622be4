import { randomBytes } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { NotAQueueError, QueueNotFoundError } from '../errors.ts';
import { folderContext, type FolderContext, UniqueNames } from '../folders/folder-context.ts';
import { DEFAULT_RULES, readFolder } from '../folders/folder-directory.ts';
import { assertApart } from '../folders/kept-apart.ts';
import { layoutOf } from '../folders/folder-layout.ts';
import { FOLDER_MANIFEST_FILE } from '../formats/folder-manifest.ts';
import { disk } from '../fs/disk.ts';
import { isErrno } from '../fs/errno.ts';
import { openError } from '../journals/queue-directory.ts';
import type { FolderOptions } from './folder-options.ts';

export interface ExistingFolder {
  readonly context: FolderContext;
  /** - `damaged`: then its rules are those that were given  - `absent`: nobody has used the folder yet */
  readonly manifest: 'whole' | 'damaged' | 'absent';
}

/** What works on a folder that is there. Nothing is made or touched. @throws QueueNotFoundError, NotAQueueError, FormatVersionError */
export async function existingFolder(directory: string, options: FolderOptions): Promise<ExistingFolder> {
  const { fileSystem: fs = disk, clock = systemClock, durability = 'power', extension, maxAttempts } = options;
  const layout = layoutOf(directory, options);
  const given = {
    extension: extension ?? DEFAULT_RULES.extension,
    maxAttempts: maxAttempts ?? DEFAULT_RULES.maxAttempts,
  };
  try {
    const found = await readFolder(fs, layout);
    await assertApart(fs, layout);
    const rules = found === undefined || found === 'damaged' ? given : found;
    const manifest = found === undefined ? 'absent' : found === 'damaged' ? found : 'whole';
    const names = new UniqueNames(randomBytes(6).toString('hex'));
    return { context: await folderContext({ fs, clock, layout, rules, durability, names }), manifest };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw new QueueNotFoundError(layout.directory, { cause: error });
    throw openError(layout.directory, error, 'read');
  }
}

/** The same of one that is a queue. @throws NotAQueueError */
export async function existingQueue(directory: string, options: FolderOptions): Promise<ExistingFolder> {
  const found = await existingFolder(directory, options);
  if (found.manifest !== 'absent') return found;
  throw new NotAQueueError(found.context.layout.directory, `it has no .dibs/${FOLDER_MANIFEST_FILE}`);
}
