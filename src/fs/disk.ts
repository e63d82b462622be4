import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fse from 'fs-extra';
import { DiskFile } from './disk-file.ts';
import { kindOf, stat } from './disk-stat.ts';
import { errnoError, isErrno } from './errno.ts';
import type { FileSystem } from './file-system.ts';

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

/** How many names are read by one call: fewer are slower, more no faster. */
const SCAN = { bufferSize: 256 } as const;

/** A listing of a million names takes a second: that long nothing else would happen. */
const NAMES_PER_TURN = 8_192;

/** File systems on a disk of this machine, by their number: ext, XFS, btrfs, tmpfs, ZFS, F2FS, APFS, HFS+. */
const LOCAL: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x2fc12fc1, 0xf2f52010, 0x1a, 0x11]);

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

  async scan(path, visit) {
    const directory = await patiently(
      () => fse.opendirSync(path, SCAN),
      () => fse.opendir(path, SCAN),
    );
    try {
      for (let entry = directory.readSync(), count = 1; entry !== null; entry = directory.readSync(), count += 1) {
        const visited = visit(entry.name, kindOf(entry));
        if (visited !== undefined) await visited;
        if (count % NAMES_PER_TURN === 0) await nextTurn();
      }
    } finally {
      directory.closeSync();
    }
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
