import { dirname } from 'node:path';
import fse from 'fs-extra';
import { DiskFile } from './disk-file.ts';
import { stat } from './disk-stat.ts';
import { errnoError, isErrno } from './errno.ts';
import type { FileSystem } from './file-system.ts';
import { type OpenDirectory, scanDirectory } from './scan-directory.ts';

const { constants } = fse;

/**
 * A link must not lead elsewhere, and a FIFO that somebody dropped in must not block for ever. Windows has neither flag.
 */
const PLAIN = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const FLAGS = {
  read: constants.O_RDONLY | PLAIN,
  append: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  update: constants.O_RDWR | PLAIN,
} as const;

/**
 * Where names are changed by calls that do not wait for the thread pool: on a local disk they are up to twice as fast, and
 * no slower for the rest of the process. On Windows graceful-fs repeats what a virus scanner makes fail for a while, which
 * it can do asynchronously only.
 */
const DIRECT = process.platform !== 'win32';

/** File systems on a disk of this machine, by their number: ext, XFS, btrfs, tmpfs, ZFS, F2FS, APFS, HFS+. */
const LOCAL: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x2fc12fc1, 0xf2f52010, 0x1a, 0x11]);

/** The layers of a container: what they lie on had to say types. */
const OVERLAY = 0x794c7630;

/** The machine's own disk. */
export const disk: FileSystem = {
  async mkdir(path) {
    makeDirectories(path);
  },

  async readdir(path) {
    return patiently(
      () => fse.readdirSync(path),
      () => fse.readdir(path),
    );
  },

  scan(path, visit) {
    const open: OpenDirectory = (bufferSize) =>
      patiently(
        () => fse.opendirSync(path, { bufferSize }),
        () => fse.opendir(path, { bufferSize }),
      );
    return scanDirectory(open, visit, saysTypes(path));
  },

  async lstat(path) {
    return stat(path);
  },

  exists(path) {
    // The first call is the fast one, and takes every error for a no: only the second tells that the name is gone.
    return fse.existsSync(path) || stat(path) !== undefined;
  },

  link(from, to) {
    return atOnce(() => fse.linkSync(from, to));
  },

  rename(from, to) {
    return DIRECT ? atOnce(() => fse.renameSync(from, to)) : fse.rename(from, to);
  },

  unlink(path) {
    return DIRECT ? atOnce(() => fse.unlinkSync(path)) : fse.unlink(path);
  },

  async rmdir(path) {
    if (DIRECT) fse.rmdirSync(path);
    else await fse.rmdir(path);
  },

  async syncDirectory(path) {
    try {
      const fd = await openPatiently(path, constants.O_RDONLY);
      try {
        await fse.fsync(fd);
      } finally {
        fse.closeSync(fd);
      }
    } catch (error) {
      if (!canNotSyncDirectories(error)) throw error;
    }
  },

  async isLocal(path) {
    return LOCAL.has(fse.statfsSync(path).type);
  },

  async open(path, mode) {
    const fd = await openPatiently(path, FLAGS[mode]);
    try {
      // A new one is a plain file.
      if ((FLAGS[mode] & constants.O_EXCL) === 0) refuseAllButFiles(fd, path);
    } catch (error) {
      fse.closeSync(fd);
      throw error;
    }
    return new DiskFile(fd, path, mode !== 'append');
  },
};

/** Whether all names in a directory come with their types, or none does: elsewhere it may be some. Windows has them always. */
function saysTypes(path: string): boolean {
  if (process.platform === 'win32') return true;
  try {
    const { type } = fse.statfsSync(path);
    return type === OVERLAY || LOCAL.has(type);
  } catch {
    // The reason is that of who opens it.
    return true;
  }
}

const DONE = Promise.resolve();

/** One promise for all that went well: claims are made and settled by the thousand. */
function atOnce(call: () => void): Promise<void> {
  try {
    call();
    return DONE;
  } catch (error) {
    return Promise.reject(error);
  }
}

/** One by one: Node's own way never ends where the system says ENOENT of a directory that could be made, as in /proc. */
function makeDirectories(path: string): void {
  if (stat(path)?.kind === 'directory') return;
  const above = dirname(path);
  if (above !== path && stat(above) === undefined) makeDirectories(above);
  try {
    fse.mkdirSync(path);
  } catch (error) {
    // Somebody else made it, or it is a link to a directory.
    if (!isErrno(error, 'EEXIST') || !fse.statSync(path).isDirectory()) throw error;
  }
}

function openPatiently(path: string, flags: number): Promise<number> {
  return patiently(
    () => fse.openSync(path, flags),
    () => fse.open(path, flags),
  );
}

/**
 * The call at once, and once more by graceful-fs if the process or the machine has no file left to open: that waits until
 * one is closed, for up to a minute.
 */
async function patiently<T>(now: () => T, later: () => Promise<T>): Promise<T> {
  try {
    return now();
  } catch (error) {
    if (isErrno(error, 'EMFILE', 'ENFILE')) return later();
    throw error;
  }
}

function refuseAllButFiles(fd: number, path: string): void {
  const found = fse.fstatSync(fd);
  if (found.isDirectory()) throw errnoError('EISDIR', 'open', path);
  if (!found.isFile()) throw errnoError('EINVAL', 'open', path);
}

/** Windows syncs no directories, nor do some file systems behind FUSE: a power cut may bring an old name back, whatever we do. */
function canNotSyncDirectories(error: unknown): boolean {
  if (process.platform === 'win32') return isErrno(error, 'EPERM', 'EISDIR', 'EACCES', 'EINVAL');
  return isErrno(error, 'EINVAL', 'ENOTSUP', 'ENOSYS');
}
