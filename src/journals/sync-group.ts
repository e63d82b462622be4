import type { Clock } from '../clock.ts';
import type { AppendLog } from '../fs/append-log.ts';
import type { Batch } from './batch.ts';
import type { QueueGuard } from './queue-guard.ts';

/** A disk that syncs in less is waited for: handing the call to another thread would cost more. In milliseconds. */
const QUICK_SYNC_MS = 1;

/** Syncs together what was written while the sync before was under way. One at a time; acknowledged in order. */
export class SyncGroup {
  readonly #clock: Clock;
  readonly #guard: QueueGuard;
  /** Written, and not covered by a sync yet. */
  #unsynced: Batch[] = [];
  /** The sync under way. */
  #syncing: Promise<void> | undefined;
  /** Where what is not synced was written. */
  #log: AppendLog | undefined;
  /** How long a sync takes, lately; as far as it matters here. */
  #syncMs: number | undefined;

  constructor(clock: Clock, guard: QueueGuard) {
    this.#clock = clock;
    this.#guard = guard;
  }

  /** A batch that was written to this log is to be synced. */
  add(batch: Batch, log: AppendLog): void {
    this.#unsynced.push(batch);
    this.#log = log;
    this.#sync();
  }

  /** Resolves when all that was written to a log that is left is synced and acknowledged, or refused. */
  async leave(log: AppendLog): Promise<void> {
    // Two syncs at once could end in any order, and batches are acknowledged in that of their writing.
    while (this.#syncing !== undefined && this.#log === log) await this.#syncing;
    if (this.#log !== log) return;
    const covered = this.#take();
    if (covered.length === 0) return;
    try {
      await log.sync();
      this.#acknowledge(covered);
    } catch (error) {
      this.#refuse(covered, error);
    }
  }

  #sync(): void {
    const log = this.#log;
    if (this.#syncing !== undefined || log === undefined || this.#unsynced.length === 0) return;
    const started = this.#clock.monotonic();
    const covered = this.#take();
    if ((this.#syncMs ?? 0) < QUICK_SYNC_MS) this.#syncNow(log, covered, started);
    else this.#syncing = this.#syncLater(log, covered, started);
  }

  #syncNow(log: AppendLog, covered: readonly Batch[], started: number): void {
    try {
      log.syncNow();
      this.#measured(started);
      this.#acknowledge(covered);
    } catch (error) {
      this.#refuse(covered, error);
    }
  }

  async #syncLater(log: AppendLog, covered: readonly Batch[], started: number): Promise<void> {
    try {
      await log.sync();
      this.#measured(started);
      this.#syncing = undefined;
      this.#acknowledge(covered);
      // Of another log, perhaps: this one may have been left meanwhile.
      this.#sync();
    } catch (error) {
      this.#syncing = undefined;
      // Of what was written while it ran it is unknown as well what the disk holds.
      this.#refuse([...covered, ...this.#take()], error);
    }
  }

  #acknowledge(batches: readonly Batch[]): void {
    this.#guard.assertOurs();
    for (const batch of batches) batch.safe();
  }

  #refuse(batches: readonly Batch[], error: unknown): void {
    const refused = this.#guard.refused(error);
    for (const batch of batches) batch.failed(refused);
  }

  #take(): Batch[] {
    const batches = this.#unsynced;
    this.#unsynced = [];
    return batches;
  }

  #measured(started: number): void {
    // A long one now and then, of a process that had to wait for its turn or a disk that made room, says nothing of the next.
    const took = Math.min(this.#clock.monotonic() - started, 2 * QUICK_SYNC_MS);
    this.#syncMs ??= took;
    this.#syncMs += (took - this.#syncMs) / 4;
  }
}
