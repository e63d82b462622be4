import { setImmediate as nextTurn } from 'node:timers/promises';
import { errnoError } from '../../src/fs/errno.ts';
import type { OpenFile, OpenMode } from '../../src/fs/file-system.ts';
import type { DiskFile } from './disk-file.ts';

/** The process that opened the file. */
interface HandleOwner {
  isAlive(): boolean;
  tick(): number;
  closed(): void;
}

/** An open file of a crashing disk; faulty-disk.ts tells it when a sync is to fail. */
export class DiskHandle implements OpenFile {
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #mode: OpenMode;
  readonly #owner: HandleOwner;
  #position = 0;
  #isOpen = true;

  constructor(path: string, file: DiskFile, mode: OpenMode, owner: HandleOwner) {
    this.#path = path;
    this.#file = file;
    this.#mode = mode;
    this.#owner = owner;
  }

  write(bytes: Uint8Array, offset: number, length: number, position?: number): number {
    const file = this.#use('write');
    if (this.#mode === 'read') throw errnoError('EBADF', 'write', this.#path);
    const at = this.#mode === 'append' ? file.size : (position ?? this.#position);
    if (position === undefined) this.#position = at + length;
    if (length > 0) file.write(at, bytes.subarray(offset, offset + length));
    file.modifiedMs = this.#owner.tick();
    return length;
  }

  read(bytes: Uint8Array, offset: number, length: number, position: number): number {
    const file = this.#use('read');
    if (this.#mode === 'append') throw errnoError('EBADF', 'read', this.#path);
    return file.read(bytes, offset, length, position);
  }

  size(): number {
    return this.#use('fstat').size;
  }

  links(): number {
    return this.#use('fstat').links;
  }

  truncate(length: number): void {
    if (this.#mode === 'read') throw errnoError('EINVAL', 'ftruncate', this.#path);
    this.#use('ftruncate').truncate(length);
  }

  syncNow(): void {
    this.#use('fdatasync').beginSync()();
  }

  /** Safe is what was written before the call, and only when it answers. */
  async sync(): Promise<void> {
    const finish = this.#use('fdatasync').beginSync();
    await nextTurn();
    if (this.#owner.isAlive()) finish();
  }

  /** What a sync that failed leaves behind: nothing written so far will ever be safe. */
  failSync(): void {
    this.#file.failSync();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.handles -= 1;
    this.#owner.closed();
  }

  #use(syscall: string): DiskFile {
    if (!this.#isOpen) throw errnoError('EBADF', syscall, this.#path);
    return this.#file;
  }
}
