import { createRequire } from 'node:module';
import { posix } from 'node:path';
import type * as Memfs from 'memfs';
import type { Volume } from 'memfs';
import { MissingPeerError } from './missing-peer-error.ts';
import { errnoError, isErrno } from '../fs/errno.ts';
import type { FileStat, FileSystem, OpenFile, OpenMode } from '../fs/file-system.ts';

/**
 * A disk in memory, for tests of logic: right for what a queue does, and proof of nothing about crashes, since nothing
 * on it is ever lost. Needs the optional package memfs.
 * @param files what lies on it, by absolute path; their directories are made
 * @throws MissingPeerError without memfs
 */
export function memoryDisk(files: Readonly<Record<string, string>> = {}): FileSystem {
  const volume = loadMemfs().Volume.fromJSON({ ...files });
  return {
    mkdir: async (path) => makeDirectory(volume, path),
    readdir: async (path) => volume.readdirSync(path).map(String),
    scan: async (path, visit) => {
      for (const name of volume.readdirSync(path).map(String)) {
        const kind = statOf(volume, posix.join(path, name))?.kind;
        if (kind !== undefined) await visit(name, kind);
      }
    },
    lstat: async (path) => statOf(volume, path),
    exists: (path) => statOf(volume, path) !== undefined,
    link: async (from, to) => linkFile(volume, from, to),
    rename: async (from, to) => renameFile(volume, from, to),
    unlink: async (path) => volume.unlinkSync(path),
    rmdir: async (path) => volume.rmdirSync(path),
    syncDirectory: async (path) => void volume.readdirSync(path),
    isLocal: async () => true,
    open: async (path, mode) => openFile(volume, path, mode),
  };
}

/** Only when called for: whoever wants the clock alone need not have memfs. */
function loadMemfs(): typeof Memfs {
  try {
    return createRequire(import.meta.url)('memfs');
  } catch (cause) {
    throw new MissingPeerError('memfs', 'memoryDisk()', { cause });
  }
}

function statOf(volume: Volume, path: string): FileStat | undefined {
  try {
    const stat = volume.lstatSync(path, { bigint: true });
    const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
    const [device, inode] = [BigInt(stat.dev), BigInt(stat.ino)];
    return { kind, size: Number(stat.size), device, inode, links: Number(stat.nlink), modifiedMs: Number(stat.mtimeMs) };
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** memfs is content with a file in the place of the directory. */
function makeDirectory(volume: Volume, path: string): void {
  volume.mkdirSync(path, { recursive: true });
  if (statOf(volume, path)?.kind !== 'directory') throw errnoError('EEXIST', 'mkdir', path);
}

/** memfs links directories; no kernel does. */
function linkFile(volume: Volume, from: string, to: string): void {
  refuseLongName('link', to);
  if (statOf(volume, from)?.kind === 'directory') throw errnoError('EPERM', 'link', from);
  volume.linkSync(from, to);
}

/** memfs renames over directories and all that is in them, and takes no name from the file it overwrites. */
function renameFile(volume: Volume, from: string, to: string): void {
  refuseLongName('rename', to);
  const [source, target] = [statOf(volume, from), statOf(volume, to)];
  if (source && target) {
    if (source.inode === target.inode) return;
    if (source.kind !== 'directory' && target.kind === 'directory') throw errnoError('EISDIR', 'rename', from);
    if (source.kind === 'directory' && target.kind !== 'directory') throw errnoError('ENOTDIR', 'rename', from);
    if (target.kind === 'directory' && volume.readdirSync(to).length > 0) throw errnoError('ENOTEMPTY', 'rename', from);
    if (target.kind === 'file') volume.unlinkSync(to);
  }
  volume.renameSync(from, to);
}

const FLAGS = { read: 'r', append: 'ax', create: 'wx+', update: 'r+' } as const;

function openFile(volume: Volume, path: string, mode: OpenMode): OpenFile {
  refuseLongName('open', path);
  const found = statOf(volume, path);
  if (found && (mode === 'read' || mode === 'update') && found.kind !== 'file') {
    throw errnoError(found.kind === 'directory' ? 'EISDIR' : 'ELOOP', 'open', path);
  }
  const fd = volume.openSync(path, FLAGS[mode]);
  let closed = false;
  return {
    write(bytes, offset, length, position) {
      if (mode === 'read') throw errnoError('EBADF', 'write', path);
      return volume.writeSync(fd, bytes, offset, length, mode === 'append' ? undefined : position);
    },
    read(bytes, offset, length, position) {
      if (mode === 'append') throw errnoError('EBADF', 'read', path);
      return volume.readSync(fd, bytes, offset, length, position);
    },
    size: () => volume.fstatSync(fd).size,
    links: () => volume.fstatSync(fd).nlink,
    truncate(length) {
      if (mode === 'read') throw errnoError('EINVAL', 'ftruncate', path);
      volume.ftruncateSync(fd, length);
    },
    syncNow: () => volume.fsyncSync(fd),
    sync: async () => volume.fsyncSync(fd),
    close() {
      if (!closed) volume.closeSync(fd);
      closed = true;
    },
  };
}

function refuseLongName(operation: string, path: string): void {
  if (Buffer.byteLength(posix.basename(path)) > 255) throw errnoError('ENAMETOOLONG', operation, path);
}
