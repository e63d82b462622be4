import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';

/** A disk of which some links are refused, as between devices, or where there are no hard links. */
export function withLink(fs: FileSystem, whyNot: (from: string, to: string) => string | undefined): FileSystem {
  return {
    mkdir: (path) => fs.mkdir(path),
    readdir: (path) => fs.readdir(path),
    scan: (path, visit) => fs.scan(path, visit),
    isLocal: (path) => fs.isLocal(path),
    lstat: (path) => fs.lstat(path),
    exists: (path) => fs.exists(path),
    async link(from, to) {
      const code = whyNot(from, to);
      if (code !== undefined) throw errnoError(code, 'link', from);
      await fs.link(from, to);
    },
    rename: (from, to) => fs.rename(from, to),
    unlink: (path) => fs.unlink(path),
    rmdir: (path) => fs.rmdir(path),
    syncDirectory: (path) => fs.syncDirectory(path),
    open: (path, mode) => fs.open(path, mode),
  };
}
