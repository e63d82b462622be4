import { setImmediate as nextTurn } from 'node:timers/promises';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileStat, FileSystem, OpenFile, OpenMode, Visit } from '../../src/fs/file-system.ts';
import type { CrashingDisk, Place } from './crashing-disk.ts';
import { DiskFile } from './disk-file.ts';
import { DiskHandle } from './disk-handle.ts';
import { DiskDirectory } from './disk-names.ts';
import type { NameStep } from './disk-names.ts';

/** A crashing disk as one living process sees it. What it has under way when it dies does not happen. */
export class DiskAccess implements FileSystem {
  readonly #disk: CrashingDisk;
  readonly #open = new Set<DiskHandle>();
  #alive = true;

  constructor(disk: CrashingDisk) {
    this.#disk = disk;
  }

  /** The kernel closes what the process had open. */
  die(): void {
    this.#alive = false;
    for (const handle of this.#open) handle.close();
  }

  async mkdir(path: string): Promise<void> {
    const { directory, name, node } = await this.#above(path);
    if (node instanceof DiskFile) throw errnoError('EEXIST', 'mkdir', path);
    if (node) return;
    this.#change(`mkdir ${path}`, [{ directory, name, node: this.#disk.newDirectory() }]);
  }

  /** In an order that nobody would expect. */
  async readdir(path: string): Promise<string[]> {
    return [...this.#directory(path, 'scandir').entries.keys()].reverse();
  }

  async scan(path: string, visit: Visit): Promise<void> {
    const entries = [...this.#directory(path, 'scandir').entries].reverse();
    for (const [name, node] of entries) await visit(name, node instanceof DiskFile ? 'file' : 'directory');
  }

  async isLocal(): Promise<boolean> {
    return true;
  }

  async lstat(path: string): Promise<FileStat | undefined> {
    const node = this.#look(path)?.node;
    if (node === undefined) return undefined;
    const { inode, modifiedMs } = node;
    if (node instanceof DiskFile) return { kind: 'file', size: node.size, device: 0n, inode, links: node.links, modifiedMs };
    return { kind: 'directory', size: 4096, device: 0n, inode, links: 2, modifiedMs };
  }

  exists(path: string): boolean {
    return this.#look(path)?.node !== undefined;
  }

  async link(from: string, to: string): Promise<void> {
    const source = this.#disk.place(from, 'link');
    if (source.node === undefined) throw errnoError('ENOENT', 'link', from);
    const { directory, name, node } = this.#disk.place(to, 'link');
    if (node) throw errnoError('EEXIST', 'link', to);
    if (source.node instanceof DiskDirectory) throw errnoError('EPERM', 'link', from);
    this.#change(`link ${from} → ${to}`, [{ directory, name, node: source.node }]);
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#disk.place(from, 'rename');
    const target = this.#disk.place(to, 'rename');
    if (source.node === undefined) throw errnoError('ENOENT', 'rename', from);
    if (source.node === target.node) return;
    if (source.node instanceof DiskDirectory) refuseDirectoryMove(source.node, from, target, to);
    else if (target.node instanceof DiskDirectory) throw errnoError('EISDIR', 'rename', to);
    this.#change(`rename ${from} → ${to}`, [
      { directory: source.directory, name: source.name, node: undefined },
      { directory: target.directory, name: target.name, node: source.node },
    ]);
    if (target.node instanceof DiskFile) this.#disk.free(target.node);
  }

  async unlink(path: string): Promise<void> {
    const { directory, name, node } = this.#disk.place(path, 'unlink');
    if (node === undefined) throw errnoError('ENOENT', 'unlink', path);
    if (node instanceof DiskDirectory) throw errnoError('EISDIR', 'unlink', path);
    this.#change(`unlink ${path}`, [{ directory, name, node: undefined }]);
    this.#disk.free(node);
  }

  async rmdir(path: string): Promise<void> {
    const { directory, name, node } = this.#disk.place(path, 'rmdir');
    if (node === undefined) throw errnoError('ENOENT', 'rmdir', path);
    if (node instanceof DiskFile) throw errnoError('ENOTDIR', 'rmdir', path);
    if (node.entries.size > 0) throw errnoError('ENOTEMPTY', 'rmdir', path);
    this.#change(`rmdir ${path}`, [{ directory, name, node: undefined }]);
  }

  async syncDirectory(path: string): Promise<void> {
    const finish = this.#disk.names.beginSync(this.#directory(path, 'fsync'));
    await nextTurn();
    if (this.#alive) finish();
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    const { directory, name, node } = this.#disk.place(path, 'open');
    if (mode === 'append' || mode === 'create') {
      if (node) throw errnoError('EEXIST', 'open', path);
      const file = this.#disk.newFile();
      this.#change(`create ${path}`, [{ directory, name, node: file }]);
      return this.#handle(path, file, mode);
    }
    if (node === undefined) throw errnoError('ENOENT', 'open', path);
    if (node instanceof DiskDirectory) throw errnoError('EISDIR', 'open', path);
    return this.#handle(path, node, mode);
  }

  #handle(path: string, file: DiskFile, mode: OpenMode): DiskHandle {
    file.handles += 1;
    const handle: DiskHandle = new DiskHandle(path, file, mode, {
      isAlive: () => this.#alive,
      tick: () => this.#disk.tick(),
      closed: () => {
        this.#open.delete(handle);
        this.#disk.free(file);
      },
    });
    this.#open.add(handle);
    return handle;
  }

  #change(text: string, steps: readonly NameStep[]): void {
    this.#disk.names.change(text, steps);
    for (const { directory } of steps) directory.modifiedMs = this.#disk.tick();
  }

  #look(path: string): Place | undefined {
    try {
      return this.#disk.place(path, 'lstat');
    } catch {
      return undefined;
    }
  }

  #directory(path: string, syscall: string): DiskDirectory {
    const { node } = this.#disk.place(path, syscall);
    if (node === undefined) throw errnoError('ENOENT', syscall, path);
    if (node instanceof DiskFile) throw errnoError('ENOTDIR', syscall, path);
    return node;
  }

  /** The place of a directory to be made, what is above it made first. */
  async #above(path: string): Promise<Place> {
    const above = path.replace(/\/+[^/]*\/*$/, '');
    if (above !== '' && this.#look(above)?.node === undefined) await this.mkdir(above);
    return this.#disk.place(path, 'mkdir');
  }
}

function refuseDirectoryMove(source: DiskDirectory, from: string, target: Place, to: string): void {
  if (`${to}/`.startsWith(`${from}/`)) throw errnoError('EINVAL', 'rename', to);
  if (target.node instanceof DiskFile) throw errnoError('ENOTDIR', 'rename', to);
  if (target.node && target.node !== source && target.node.entries.size > 0) throw errnoError('ENOTEMPTY', 'rename', to);
}
