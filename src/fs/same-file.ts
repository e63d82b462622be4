import type { FileStat } from './file-system.ts';

/**
 * Whether two names stand for one file, or one directory. A file's number means something on its own device alone: on another
 * one any file may have the same.
 */
export function isSameFile(one: FileStat | undefined, other: FileStat | undefined): boolean {
  return one !== undefined && one.inode === other?.inode && one.device === other.device;
}
