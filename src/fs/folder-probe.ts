import { closeSync, fsync, openSync, readFileSync, realpathSync, rmdirSync, statfsSync, symlinkSync } from 'node:fs';
import { promisify } from 'node:util';

/** What an examination asks of a folder, and no queue does. The machine's own answers are `systemProbe`. */
export interface FolderProbe {
  /** Fails with ENOTEMPTY if anything is in it. */
  removeDirectory(path: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  /** Unlike the disk's own, it throws what the system refuses. */
  syncDirectory(path: string): Promise<void>;
  /** The system's number for the kind of file system, or null where it has none that means anything. */
  fileSystemType(path: string): Promise<number | null>;
  /** The path without links, and all mounts as `/proc/self/mountinfo` lists them; empty where there is no such list. */
  mounts(path: string): Promise<{ readonly path: string; readonly list: string }>;
}

const syncDescriptor = promisify(fsync);

export const systemProbe: FolderProbe = {
  async removeDirectory(path) {
    rmdirSync(path);
  },

  async symlink(target, path) {
    symlinkSync(target, path);
  },

  async syncDirectory(path) {
    const fd = openSync(path, 'r');
    try {
      await syncDescriptor(fd);
    } finally {
      closeSync(fd);
    }
  },

  async fileSystemType(path) {
    // Elsewhere the number is the place in a table of the running system's.
    return process.platform === 'linux' ? statfsSync(path).type : null;
  },

  async mounts(path) {
    try {
      return { path: realpathSync(path), list: readFileSync('/proc/self/mountinfo', 'utf8') };
    } catch {
      return { path, list: '' };
    }
  },
};
