import type { Clock } from '../clock.ts';
import { QueueBrokenError, QueueClosedError } from '../errors.ts';
import type { Batch, Durability } from './batch.ts';
import { LineBuffer } from '../formats/line-buffer.ts';
import { AppendLog } from '../fs/append-log.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { QueueGuard } from './queue-guard.ts';
import { SyncGroup } from './sync-group.ts';

export interface JournalWriterOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly directory: string;
  readonly durability: Durability;
  /** A segment that has reached this size is followed by another. */
  readonly segmentBytes: number;
  /** The name of the segment that begins with the next record. */
  readonly nextName: () => string;
  /** Asked after each write and sync, before anything is acknowledged. */
  readonly guard: QueueGuard;
  /** The records that were gathered since it was asked last. */
  readonly gather: () => Batch | undefined;
  /** What has to be there before the first segment is. */
  readonly first?: () => Promise<void>;
  /** What a segment begins with, before any record that was gathered. */
  readonly head?: () => LineBuffer | undefined;
  /** That segment stands, and holds its head at the most. */
  readonly rolled: (name: string) => void;
}

/** Calls back at the end of this tick, at less cost than `queueMicrotask`. */
const SETTLED = Promise.resolve();

/** Writes a journal's segments: what one tick brings in one write, what waits together in one sync. */
export class JournalWriter {
  readonly lines = new LineBuffer();
  readonly #options: JournalWriterOptions;
  #log: AppendLog | undefined;
  #scheduled = false;
  #rolling = false;
  #closed = false;
  #tickHadWrite = false;
  #lastSize = 1;
  readonly #syncs: SyncGroup;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.#syncs = new SyncGroup(options.clock, options.guard);
  }

  /** The name and size of the segment that is written, if there is one. */
  get size(): number {
    return this.#log?.size ?? 0;
  }

  /**
   * Whether a single record can go to the file right now: nothing waits before it, it needs no sync, and it is the first
   * in this tick (the rest of the tick is joined).
   */
  get ready(): boolean {
    return (
      this.#options.durability === 'process' &&
      !this.#tickHadWrite &&
      // Who came together last time will come together again: one that ran ahead would split them up.
      this.#lastSize <= 1 &&
      !this.#scheduled &&
      !this.#rolling &&
      this.#log !== undefined &&
      this.#log.size < this.#options.segmentBytes
    );
  }

  /** Writes what is in `lines`, at once. Throws if that fails or the queue is not ours any more. */
  writeNow(): void {
    this.#tickHadWrite = true;
    void SETTLED.then(this.#endTick);
    this.#write();
  }

  /** Makes sure that what is gathered gets written: at the end of this tick. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Those who waited together last time will put again together: a sync is dear enough to wait for all of them.
    if (this.#options.durability === 'power' && this.#lastSize > 1) setImmediate(this.#flush);
    else void SETTLED.then(this.#flush);
  }

  /** Writes what is gathered without waiting for the end of the tick, where that can be. */
  flushNow(): void {
    if (!this.#rolling) this.#flush();
  }

  /** Nothing is written any more: what is gathered, or comes yet, is refused. */
  close(): void {
    this.#closed = true;
    this.#log?.close();
  }

  readonly #endTick = (): void => {
    this.#tickHadWrite = false;
  };

  readonly #flush = (): void => {
    // The end of the rolling flushes what was gathered meanwhile.
    if (this.#rolling) return;
    if (this.#closed) {
      this.#failGathered(new QueueClosedError('write', this.#options.directory, 'disposed'));
      return;
    }
    if (this.#log === undefined || this.#log.size >= this.#options.segmentBytes) {
      this.#scheduled = true;
      void this.#roll().then(this.#flushRolled, this.#failGathered);
      return;
    }
    this.#flushRolled();
  };

  readonly #flushRolled = (): void => {
    this.#scheduled = false;
    const batch = this.#options.gather();
    if (batch === undefined) return;
    this.#lastSize = batch.size;
    try {
      batch.encode(this.lines);
      this.#write();
    } catch (error) {
      this.lines.clear();
      batch.failed(error);
      return;
    }
    batch.written();
    const isSynced = batch.durable === 'power' || (batch.durable && this.#options.durability === 'power');
    if (!isSynced) batch.safe();
    else if (this.#log !== undefined) this.#syncs.add(batch, this.#log);
  };

  readonly #failGathered = (error: unknown): void => {
    this.#scheduled = false;
    this.lines.clear();
    this.#options.gather()?.failed(error);
  };

  #write(): void {
    try {
      this.#options.guard.assertWhole();
      if (this.lines.length > 0) this.#log?.append(this.lines.bytes, this.lines.length);
    } catch (error) {
      throw this.#options.guard.refused(error);
    } finally {
      this.lines.clear();
    }
    this.#options.guard.assertOurs();
  }

  // The old segment is left only when the new one stands: a disk that has no room for it refuses, and nothing is lost.
  async #roll(): Promise<void> {
    this.#rolling = true;
    try {
      const { fs, directory, durability, guard, nextName, first, head, rolled } = this.#options;
      if (this.#log === undefined) await first?.();
      const name = nextName();
      const next = await AppendLog.create(fs, directory, name, { durable: durability === 'power', ahead: durability === 'power' });
      try {
        // Made, then looked, then written: a successor that this look does not see sees the journal, and says where it ends.
        guard.assertOurs();
        const lines = head?.();
        if (lines !== undefined) next.append(lines.bytes, lines.length);
      } catch (error) {
        next.close();
        // What stays of a head says nothing of what was gathered: that is refused.
        throw guard.end ?? (error instanceof QueueBrokenError ? error.cause : error);
      }
      const old = this.#log;
      this.#log = next;
      rolled(name);
      if (old === undefined) return;
      await this.#syncs.leave(old);
      old.close();
    } finally {
      this.#rolling = false;
    }
  }
}
