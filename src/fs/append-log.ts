import { DiskError, QueueBrokenError } from '../errors.ts';
import { errnoError, errnoName } from './errno.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { BLANK, roomAhead } from './room-ahead.ts';

interface AppendLogOptions {
  /** The file's name survives a power cut before anything is acknowledged in it. */
  readonly durable: boolean;
  /** Blank lines are put ahead of the records, which are written over them: a sync need not write a new size down. @default false */
  readonly ahead?: boolean;
}

/**
 * Whole lines at the end of a file that one process owns. A batch is one write, whose count is checked: what is torn by
 * a stop in the middle is the tail of what nobody was promised.
 */
export class AppendLog {
  readonly path: string;
  readonly #directory: string;
  readonly #file: OpenFile;
  #size = 0;
  /** Whether the file is to be filled ahead. */
  #ahead: boolean;
  /** Up to where the file may be filled. */
  #filled = 0;
  #broken = false;

  private constructor(path: string, directory: string, file: OpenFile, ahead: boolean) {
    this.path = path;
    this.#directory = directory;
    this.#file = file;
    this.#ahead = ahead;
  }

  /** Makes the file. */
  static async create(fs: FileSystem, directory: string, name: string, { durable, ahead = false }: AppendLogOptions): Promise<AppendLog> {
    const path = `${directory}/${name}`;
    let log: AppendLog | undefined;
    try {
      log = new AppendLog(path, directory, await fs.open(path, ahead ? 'create' : 'append'), ahead);
      // A stop here leaves an empty file, which holds no records.
      if (durable) await fs.syncDirectory(directory);
      return log;
    } catch (error) {
      log?.close();
      throw new DiskError('create', path, errnoName(error), { cause: error });
    }
  }

  /** How many bytes were appended: always whole lines. What was filled ahead is none of them. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends the first `length` bytes. On failure nothing was appended: what the disk took of it is cut off again, so
   * that a refused put is not delivered after all.
   *
   * @throws DiskError then; QueueBrokenError if even that fails. What the disk took may be read one day, so it is not known
   * what it holds, and the log refuses everything
   */
  append(bytes: Uint8Array, length: number): void {
    this.#assertWhole();
    try {
      this.#write(bytes, length);
    } catch (error) {
      this.cutBack(this.#size);
      throw this.#writeFailed(error);
    }
    this.#size += length;
    if (this.#ahead && this.#size > this.#filled) this.#fillAhead(roomAhead(this.#size, length));
  }

  /** A disk that takes only a part says why when it is given the rest: that it is full, or that the file may not be longer. */
  #write(bytes: Uint8Array, length: number): void {
    for (let written = 0; written < length;) {
      const taken = this.#file.write(bytes, written, length - written, this.#size + written);
      if (taken === 0) throw errnoError('ENOSPC', 'write', this.path);
      written += taken;
    }
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

  /** What was filled ahead is cut off. A stop before that leaves blank lines at the end, which are nothing. */
  close(): void {
    if (this.#filled > this.#size) this.cutBack(this.#size);
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
    this.#filled = 0;
    try {
      this.#file.truncate(size);
    } catch {
      this.#broken = true;
    }
  }

  // Synced with the records before it. So whatever is missing of a record that was written over it is a blank line; and
  // nothing that was acknowledged lies behind what is missing, since that sync covered what lies before as well.
  #fillAhead(room: number): void {
    if (room === 0) return;
    this.#filled = this.#size + room;
    try {
      this.#ahead = this.#file.write(BLANK, 0, room, this.#size) === room;
    } catch {
      // No room for more than the records: they have what there is, and grow the file from now on.
      this.#ahead = false;
    }
  }

  #writeFailed(cause: unknown): DiskError | QueueBrokenError {
    const why = new DiskError('write', this.path, errnoName(cause), { cause });
    return this.#broken ? new QueueBrokenError(this.#directory, { cause: why }) : why;
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
