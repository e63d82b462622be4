import { DiskError, QueueNotFoundError, ReadOnlyQueueError, WorkQueueError } from '../errors.ts';
import { errnoName, isErrno } from '../fs/errno.ts';
import type { FolderContext } from './folder-context.ts';

/** What the disk refused of work on a folder, as an error that says what to do; any other error as it is. */
export async function typedError(
  { fs, layout }: Pick<FolderContext, 'fs' | 'layout'>,
  operation: string,
  path: string,
  error: unknown,
): Promise<unknown> {
  if (error instanceof WorkQueueError || !isRefusal(error)) return error;
  const { directory } = layout;
  if (isErrno(error, 'ENOENT', 'ENOTDIR') && (await isGone(fs, directory))) return new QueueNotFoundError(directory, { cause: error });
  if (isErrno(error, 'EROFS')) return new ReadOnlyQueueError(directory, { cause: error });
  return new DiskError(operation, path, errnoName(error), { cause: error });
}

async function isGone(fs: FolderContext['fs'], directory: string): Promise<boolean> {
  return (await fs.lstat(directory).catch(() => undefined)) === undefined;
}

/** Whether it is the system that refused. */
function isRefusal(error: unknown): boolean {
  return errnoName(error) !== 'UNKNOWN' || (typeof error === 'object' && error !== null && 'syscall' in error);
}
