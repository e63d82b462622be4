import { lstat } from 'node:fs/promises';

/**
 * When a file's name was changed last, by its file system's clock: for people, nothing is ever decided by it. Undefined
 * where that is not to be had.
 */
export async function changedAt(path: string): Promise<Date | undefined> {
  try {
    return (await lstat(path)).ctime;
  } catch {
    return undefined;
  }
}
