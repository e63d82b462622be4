import { DiskError, QueueBrokenError } from '../errors.ts';
import { errnoName } from './errno.ts';
import type { FileSystem, OpenFile } from './file-system.ts';

/**
 * Whole lines at the end of a file that one process owns. A batch is one write whose count is checked: what is torn by
 * a stop in the middle is the tail of what nobody was promised.
 */
export class AppendLog {
  readonly path: string;
  readonly #directory: string;
  readonly #file: OpenFile;
  #size = 0;
  #broken = false;

  private constructor(path: string, directory: string, file: OpenFile) {
    this.path = path;
    this.#directory = directory;
    this.#file = file;
  }

  /** Makes the file. With `durable` its name survives a power cut once this resolves: nothing is acknowledged in it before. */
  static async create(fs: FileSystem, directory: string, name: string, { durable }: { durable: boolean }): Promise<AppendLog> {
    const path = `${directory}/${name}`;
    let log: AppendLog | undefined;
    try {
      log = new AppendLog(path, directory, await fs.open(path, 'append'));
      // A stop here leaves an empty file, which holds no records.
      if (durable) await fs.syncDirectory(directory);
      return log;
    } catch (error) {
      log?.close();
      throw new DiskError('create', path, errnoName(error), { cause: error });
    }
  }

  /** How many bytes were appended: always whole lines. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends the first `length` bytes. On failure nothing was appended: what the disk took of it is cut off again, so
   * that a refused put is not delivered after all. If even that fails, the log refuses everything.
   */
  append(bytes: Uint8Array, length: number): void {
    this.#assertWhole();
    let failure: unknown;
    try {
      const taken = this.#file.write(bytes, 0, length);
      if (taken === length) {
        this.#size += length;
        return;
      }
      failure = Object.assign(new Error(`${taken} of ${length} bytes were written`), { code: 'ENOSPC' });
    } catch (error) {
      failure = error;
    }
    this.cutBack(this.#size);
    throw new DiskError('write', this.path, errnoName(failure), { cause: failure });
  }

  /** Resolves when all that was appended before survives a power cut. */
  async sync(): Promise<void> {
    this.#assertWhole();
    try {
      await this.#file.sync();
    } catch (error) {
      throw this.#syncFailed(error);
    }
  }

  /** The same, while the process waits. */
  syncNow(): void {
    this.#assertWhole();
    try {
      this.#file.syncNow();
    } catch (error) {
      throw this.#syncFailed(error);
    }
  }

  close(): void {
    this.#broken = true;
    try {
      this.#file.close();
    } catch {
      // What was acknowledged was synced before, or was never to survive more than the process.
    }
  }

  /**
   * Takes back all behind these bytes. After a failed write the tail may hold part of a record, or all of the records of a
   * batch that is refused. If the disk refuses this, the log refuses everything.
   */
  cutBack(size: number): void {
    if (this.#broken) return;
    this.#size = size;
    try {
      this.#file.truncate(size);
    } catch {
      this.#broken = true;
    }
  }

  // The kernel may have dropped the pages it could not write: syncing again would succeed and prove nothing.
  #syncFailed(cause: unknown): QueueBrokenError {
    this.#broken = true;
    const why = new DiskError('sync', this.path, errnoName(cause), { cause });
    return new QueueBrokenError(this.#directory, { cause: why });
  }

  #assertWhole(): void {
    if (this.#broken) throw new QueueBrokenError(this.#directory);
  }
}
