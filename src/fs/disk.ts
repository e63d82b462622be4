import { dirname } from 'node:path';
import fse from 'fs-extra';
import type { FileStat, FileSystem, OpenFile } from './file-system.ts';
import { errnoError, isErrno } from './errno.ts';

const { constants } = fse;

/**
 * A link must not lead elsewhere, and a FIFO that somebody dropped in must not block for ever. Windows has neither flag.
 */
const PLAIN = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const FLAGS = {
  read: constants.O_RDONLY | PLAIN,
  append: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND,
  update: constants.O_RDWR | PLAIN,
} as const;

/**
 * Where names are changed by calls that do not wait for the thread pool: on a local disk they are up to twice as fast, and
 * no slower for the rest of the process. On Windows graceful-fs repeats what a virus scanner makes fail for a while, which
 * it can do asynchronously only.
 */
const DIRECT = process.platform !== 'win32';

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

  async lstat(path) {
    return stat(path);
  },

  exists(path) {
    // The first call is the fast one, and takes every error for a no: only the second tells that the name is gone.
    return fse.existsSync(path) || stat(path) !== undefined;
  },

  async link(from, to) {
    fse.linkSync(from, to);
  },

  async rename(from, to) {
    if (DIRECT) fse.renameSync(from, to);
    else await fse.rename(from, to);
  },

  async unlink(path) {
    if (DIRECT) fse.unlinkSync(path);
    else await fse.unlink(path);
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

  async open(path, mode) {
    const fd = await openPatiently(path, FLAGS[mode]);
    try {
      refuseAllButFiles(fd, path);
    } catch (error) {
      fse.closeSync(fd);
      throw error;
    }
    return new DiskFile(fd, path, mode === 'update');
  },
};

class DiskFile implements OpenFile {
  readonly #path: string;
  readonly #inPlace: boolean;
  #fd: number;
  #syncing = 0;
  #closing = false;

  constructor(fd: number, path: string, inPlace: boolean) {
    this.#fd = fd;
    this.#path = path;
    this.#inPlace = inPlace;
  }

  write(bytes: Uint8Array, offset: number, length: number, position?: number): number {
    return fse.writeSync(this.#open('write'), bytes, offset, length, this.#inPlace ? (position ?? null) : null);
  }

  read(bytes: Uint8Array, offset: number, length: number, position: number): number {
    return fse.readSync(this.#open('read'), bytes, offset, length, position);
  }

  size(): number {
    return fse.fstatSync(this.#open('fstat')).size;
  }

  links(): number {
    return fse.fstatSync(this.#open('fstat')).nlink;
  }

  truncate(length: number): void {
    fse.ftruncateSync(this.#open('ftruncate'), length);
  }

  syncNow(): void {
    fse.fdatasyncSync(this.#open('fdatasync'));
  }

  async sync(): Promise<void> {
    const fd = this.#open('fdatasync');
    this.#syncing += 1;
    try {
      await fse.fdatasync(fd);
    } finally {
      this.#syncing -= 1;
      if (this.#closing && this.#syncing === 0) this.#release();
    }
  }

  /** A sync under way keeps the number until it ends: the system would give it to another file meanwhile. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#syncing === 0) this.#release();
  }

  #release(): void {
    const fd = this.#fd;
    this.#fd = -1;
    fse.closeSync(fd);
  }

  #open(syscall: string): number {
    if (this.#closing) throw errnoError('EBADF', syscall, this.#path);
    return this.#fd;
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

function stat(path: string): FileStat | undefined {
  try {
    const found = fse.lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return {
      kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other',
      size: Number(found.size),
      inode: found.ino,
      links: Number(found.nlink),
      modifiedMs: Number(found.mtimeNs) / 1e6,
    };
  } catch (error) {
    if (isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/**
 * Windows syncs no directories, and neither do a few file systems behind FUSE: there a power cut may bring an old name back,
 * and nothing a program can do changes that.
 */
function canNotSyncDirectories(error: unknown): boolean {
  if (process.platform === 'win32') return isErrno(error, 'EPERM', 'EISDIR', 'EACCES', 'EINVAL');
  return isErrno(error, 'EINVAL', 'ENOTSUP', 'ENOSYS');
}
