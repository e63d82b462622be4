import { basename, dirname } from 'node:path';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { systemError } from '../support/system-error.ts';

/** The machine's disk with one thing wrong. */

/** A link to a name that is taken takes it over, as some programs behind FUSE do. */
export const linkOverwrites: FileSystem = {
  ...disk,
  async link(from, to) {
    if (disk.exists(to)) await disk.unlink(to);
    await disk.link(from, to);
  },
};

/** A rename leaves the old name behind: the next one wins too. */
export const renameDuplicates: FileSystem = { ...disk, rename: (from, to) => disk.link(from, to) };

/** Every tenth rename says that it succeeded, and the file is gone. */
export function renameLoses(): FileSystem {
  let renames = 0;
  return {
    ...disk,
    async rename(from, to) {
      await disk.rename(from, to);
      if ((renames += 1) % 10 === 0) await disk.unlink(to);
    },
  };
}

/** Every third rename and link is done, and its reply is lost: what was made again underneath finds the work done. */
export function repliesLie(): FileSystem {
  let calls = 0;
  return {
    ...disk,
    async rename(from, to) {
      await disk.rename(from, to);
      if ((calls += 1) % 3 === 0) throw systemError('ENOENT', 'rename', from);
    },
    async link(from, to) {
      await disk.link(from, to);
      if ((calls += 1) % 3 === 0) throw systemError('EEXIST', 'link', to);
    },
  };
}

/** Who is late is told that something broke. */
export const losersAreTold = (errno: string): FileSystem => ({
  ...disk,
  async rename(from, to) {
    if (!disk.exists(from)) throw systemError(errno, 'rename', from);
    await disk.rename(from, to);
  },
  async link(from, to) {
    if (disk.exists(to)) throw systemError(errno, 'link', to);
    await disk.link(from, to);
  },
});

export const noHardLinks: FileSystem = {
  ...disk,
  async link(from) {
    throw systemError('EPERM', 'link', from);
  },
};

/** A listing shows what was there at the last one. */
export function lateListing(): FileSystem {
  const before = new Map<string, string[]>();
  return {
    ...disk,
    async readdir(path) {
      const shown = before.get(path) ?? [];
      before.set(path, await disk.readdir(path));
      return shown;
    },
  };
}

/** The time of a directory is the one it was made at. */
export const stillDirectories: FileSystem = {
  ...disk,
  async lstat(path) {
    const found = await disk.lstat(path);
    return found?.kind === 'directory' ? { ...found, modifiedMs: 1_000 } : found;
  },
};

/** A rename copies: the file has another inode afterwards. */
export function copyingRename(): FileSystem {
  const copies = new Map<string, bigint>();
  return {
    ...disk,
    async rename(from, to) {
      await disk.rename(from, to);
      copies.set(to, BigInt(1e15) + BigInt(copies.size));
    },
    async lstat(path) {
      const [found, inode] = [await disk.lstat(path), copies.get(path)];
      return found && inode !== undefined ? { ...found, inode } : found;
    },
  };
}

/** Each name is another one on the disk; listings show what lies there. */
export function renaming(rename: (name: string) => string): FileSystem {
  const isOurs = (path: string): boolean => path.includes('.dibs-doctor/');
  const to = (path: string): string => (isOurs(path) ? `${dirname(path)}/${rename(basename(path))}` : path);
  return {
    ...disk,
    lstat: (path) => disk.lstat(to(path)),
    exists: (path) => disk.exists(to(path)),
    link: (from, into) => disk.link(to(from), to(into)),
    rename: (from, into) => disk.rename(to(from), to(into)),
    unlink: (path) => disk.unlink(to(path)),
    rmdir: (path) => disk.rmdir(to(path)),
    open: (path, mode) => disk.open(to(path), mode),
  };
}

/** Some names can't be made. */
export const refusing = (isRefused: (name: string) => boolean, errno = 'EINVAL'): FileSystem => ({
  ...disk,
  async open(path, mode) {
    if (mode === 'append' && isRefused(basename(path))) throw systemError(errno, 'open', path);
    return disk.open(path, mode);
  },
});
