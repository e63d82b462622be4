import { randomBytes } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { folderContext, type FolderContext, UniqueNames } from '../folders/folder-context.ts';
import { openFolder } from '../folders/folder-directory.ts';
import { assertApart } from '../folders/kept-apart.ts';
import { layoutOf } from '../folders/folder-layout.ts';
import { disk } from '../fs/disk.ts';
import { openError } from '../journals/queue-directory.ts';
import type { FolderOptions } from './folder-options.ts';

/** How long silence is tolerated where nothing else is said, in milliseconds. */
export const DEFAULT_LEASE_MS = 30_000;

/** Makes a folder ready for use, and what works on it. @throws NotAQueueError, FolderOptionsError, FormatVersionError, ReadOnlyQueueError */
export async function openFolderContext(directory: string, options: FolderOptions): Promise<FolderContext> {
  const { fileSystem: fs = disk, clock = systemClock, durability = 'power', extension, maxAttempts } = options;
  const layout = layoutOf(directory, options);
  const given = { ...(extension !== undefined && { extension }), ...(maxAttempts !== undefined && { maxAttempts }) };
  try {
    await assertApart(fs, layout);
    const rules = await openFolder(fs, layout, given, { durable: durability === 'power' });
    return await folderContext({ fs, clock, layout, rules, durability, names: new UniqueNames(randomBytes(6).toString('hex')) });
  } catch (error) {
    throw openError(layout.directory, error);
  }
}
