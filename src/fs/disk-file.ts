import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { errnoError } from './errno.ts';
import type { OpenFile } from './file-system.ts';

const datasync = promisify(fdatasync);

/** A file of the machine's own disk, by its number. */
export class DiskFile implements OpenFile {
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
    return writeSync(this.#open('write'), bytes, offset, length, this.#inPlace ? (position ?? null) : null);
  }

  read(bytes: Uint8Array, offset: number, length: number, position: number): number {
    return readSync(this.#open('read'), bytes, offset, length, position);
  }

  size(): number {
    return fstatSync(this.#open('fstat')).size;
  }

  links(): number {
    return fstatSync(this.#open('fstat')).nlink;
  }

  truncate(length: number): void {
    ftruncateSync(this.#open('ftruncate'), length);
  }

  syncNow(): void {
    fdatasyncSync(this.#open('fdatasync'));
  }

  async sync(): Promise<void> {
    const fd = this.#open('fdatasync');
    this.#syncing += 1;
    try {
      await datasync(fd);
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
    closeSync(fd);
  }

  #open(syscall: string): number {
    if (this.#closing) throw errnoError('EBADF', syscall, this.#path);
    return this.#fd;
  }
}
