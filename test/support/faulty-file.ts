import type { OpenFile } from '../../src/fs/file-system.ts';
import { DiskHandle } from './disk-handle.ts';
import { isRefusal } from './fault-plan.ts';
import type { Call } from './fault-plan.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { systemError } from './system-error.ts';

/** An open file whose calls its process counts, and ends or fails. */
export class FaultyFile implements OpenFile {
  readonly #process: FaultyDisk;
  readonly #inner: OpenFile;
  readonly #path: string;

  constructor(process: FaultyDisk, inner: OpenFile, path: string) {
    this.#process = process;
    this.#inner = inner;
    this.#path = path;
  }

  write(bytes: Uint8Array, offset: number, length: number, position?: number): number {
    const { call, fault } = this.#process.begin({ operation: 'write', path: this.#path, length, changes: true });
    if (isRefusal(fault)) throw this.#refused(call, fault.errno);
    const taken = this.#inner.write(bytes, offset, this.#process.taken(call, fault, length), position);
    this.#process.finish(call, fault);
    return taken;
  }

  read(bytes: Uint8Array, offset: number, length: number, position: number): number {
    return this.#now('read', false, () => this.#inner.read(bytes, offset, length, position));
  }

  size(): number {
    return this.#now('size', false, () => this.#inner.size());
  }

  links(): number {
    return this.#now('links', false, () => this.#inner.links());
  }

  truncate(length: number): void {
    this.#now('truncate', true, () => this.#inner.truncate(length));
  }

  syncNow(): void {
    const { call, fault } = this.#process.begin({ operation: 'syncNow', path: this.#path, changes: true });
    if (isRefusal(fault)) throw this.#failedSync(call, fault.errno);
    this.#inner.syncNow();
    this.#process.finish(call, fault);
  }

  async sync(): Promise<void> {
    const { call, fault } = this.#process.begin({ operation: 'sync', path: this.#path, changes: true });
    if (isRefusal(fault)) throw this.#failedSync(call, fault.errno);
    await this.#inner.sync();
    this.#process.finish(call, fault);
  }

  /** Closes also when it fails, as Linux does. */
  close(): void {
    const { call, fault } = this.#process.begin({ operation: 'close', path: this.#path, changes: false });
    this.#inner.close();
    if (isRefusal(fault)) throw this.#refused(call, fault.errno);
    this.#process.finish(call, fault);
  }

  #now<T>(operation: Call['operation'], changes: boolean, act: () => T): T {
    const { call, fault } = this.#process.begin({ operation, path: this.#path, changes });
    if (isRefusal(fault)) throw this.#refused(call, fault.errno);
    const result = act();
    this.#process.finish(call, fault);
    return result;
  }

  #failedSync(call: Call, errno: string): Error {
    if (this.#inner instanceof DiskHandle) this.#inner.failSync();
    return this.#refused(call, errno);
  }

  #refused(call: Call, errno: string): Error {
    return systemError(errno, call.operation, this.#path);
  }
}
