import { formatJournalName, type JournalName } from '../formats/journal-name.ts';
import { LineBuffer } from '../formats/line-buffer.ts';
import { AppendLog } from '../fs/append-log.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { Durability } from './batch.ts';
import type { QueueGuard } from './queue-guard.ts';

/** Small writes are joined up to this, in bytes. */
const JOIN_BYTES = 256 * 1024;

/** A file of records that is seldom written: keys and messages that outlive their journals. Made with its first record. */
export class RecordFile {
  readonly name: JournalName;
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #guard: QueueGuard;
  readonly #durable: boolean;
  /** Its name survives a power cut. */
  #isNamed: boolean;
  readonly #lines = new LineBuffer();
  #log: AppendLog | undefined;

  constructor(fs: FileSystem, directory: string, name: JournalName, { durability, guard }: { durability: Durability; guard: QueueGuard }) {
    this.#fs = fs;
    this.#directory = directory;
    this.#guard = guard;
    this.name = name;
    this.#durable = durability === 'power';
    this.#isNamed = this.#durable;
  }

  get exists(): boolean {
    return this.#log !== undefined;
  }

  /** How many bytes of it are written. */
  get size(): number {
    return this.#log?.size ?? 0;
  }

  /** Takes back what was appended since it had that size. Where the disk refuses that, nothing more is appended. */
  cutBack(size: number): void {
    this.#lines.clear();
    this.#log?.cutBack(size);
  }

  async append(body: string): Promise<void> {
    this.#lines.append(body);
    if (this.#lines.length >= JOIN_BYTES) await this.#write();
  }

  /**
   * Resolves when all that was appended is as safe as the queue promises; `durable`: survives a power cut, whatever it promises
   * now, since what it was copied from may have been put when it promised that.
   */
  async sync({ durable = this.#durable } = {}): Promise<void> {
    await this.#write();
    if (!durable || this.#log === undefined) return;
    await this.#log.sync();
    if (this.#isNamed) return;
    await this.#fs.syncDirectory(this.#directory);
    this.#isNamed = true;
  }

  close(): void {
    this.#log?.close();
  }

  async #write(): Promise<void> {
    if (this.#lines.length === 0) return;
    try {
      this.#log ??= await AppendLog.create(this.#fs, this.#directory, formatJournalName(this.name), { durable: this.#durable });
      // Made, then looked, then written: what a successor has done since must not come back from a copy that it did not see.
      this.#guard.assertOurs();
      this.#log.append(this.#lines.bytes, this.#lines.length);
    } finally {
      this.#lines.clear();
    }
  }
}
