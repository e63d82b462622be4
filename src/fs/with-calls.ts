import type { FileSystem } from './file-system.ts';

/** A disk of which some calls are other ones: what those of a class stand on is not lost by that, as a copy of its fields would lose it. */
export function withCalls(fs: FileSystem, calls: Partial<FileSystem>): FileSystem {
  return {
    mkdir: (path) => fs.mkdir(path),
    readdir: (path) => fs.readdir(path),
    scan: (path, visit) => fs.scan(path, visit),
    lstat: (path) => fs.lstat(path),
    exists: (path) => fs.exists(path),
    link: (from, to) => fs.link(from, to),
    rename: (from, to) => fs.rename(from, to),
    unlink: (path) => fs.unlink(path),
    rmdir: (path) => fs.rmdir(path),
    syncDirectory: (path) => fs.syncDirectory(path),
    isLocal: (path) => fs.isLocal(path),
    open: (path, mode) => fs.open(path, mode),
    ...calls,
  };
}
