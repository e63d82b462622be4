import { dirname } from 'node:path';
import { isErrno } from './errno.ts';
import type { FileSystem } from './file-system.ts';

/**
 * Makes a directory and those above it. With `durable` their names survive a power cut: each stands in the directory above
 * it, and whoever made one of them before us may have been stopped before it was synced, so all are.
 */
export async function makeDirectory(fs: FileSystem, directory: string, { durable }: { durable: boolean }): Promise<void> {
  await fs.mkdir(directory);
  if (!durable) return;
  for (let below = directory, above = dirname(below); above !== below; below = above, above = dirname(below)) {
    try {
      await fs.syncDirectory(above);
    } catch (error) {
      // Not ours to open: then it was not we who made what is in it.
      if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
    }
  }
}
