import { lstatSync } from 'node:fs';
import { isErrno } from './errno.ts';
import type { EntryKind, FileStat } from './file-system.ts';

export function kindOf(found: { isFile(): boolean; isDirectory(): boolean }): EntryKind {
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'directory' : 'other';
}

/** What lies under a name of the machine's own disk, links not followed; undefined if nothing does. */
export function stat(path: string): FileStat | undefined {
  try {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return {
      kind: kindOf(found),
      size: Number(found.size),
      device: found.dev,
      inode: found.ino,
      links: Number(found.nlink),
      modifiedMs: Number(found.mtimeNs) / 1e6,
      changedMs: Number(found.ctimeNs) / 1e6,
    };
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
