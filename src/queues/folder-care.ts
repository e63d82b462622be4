import { resolve } from 'node:path';
import { ClaimLostError, QueueClosedError } from '../errors.ts';
import { claimAt } from '../folders/claim-path.ts';
import type { Claimer } from '../folders/claim.ts';
import { Consumer } from '../folders/consumer.ts';
import { type FailedFile, failedFiles } from '../folders/failed-files.ts';
import { type FolderCounts, countFolder } from '../folders/folder-counts.ts';
import { type Caretaker, type MaintenanceOptions, passingCaretaker, withTypedErrors } from '../folders/maintenance.ts';
import { markAllDone } from '../folders/mark-all-done.ts';
import { purge, type PurgeReport } from '../folders/purge.ts';
import { clearControlFiles, releaseClaims, reset, type ResetReport } from '../folders/reset.ts';
import { retryFailed } from '../folders/retry-failed.ts';
import { finish } from '../folders/settle.ts';
import { checkMaintenanceOptions, namesToRetry } from './folder-maintenance.ts';
import type { Held } from './folder-holdings.ts';
import type { ReadableFolderQueueOptions } from './folder-options.ts';
import type { FolderReading } from './folder-reading.ts';
import { DEFAULT_LEASE_MS } from './open-folder.ts';
import type { SettleableItem } from './queue.ts';

/** What one reader of a folder, of files or of groups, does to all of it, beside reading. */
export class FolderCare<H extends Held & SettleableItem> {
  readonly #reading: FolderReading<H>;
  readonly #leaseMs: number;

  constructor(reading: FolderReading<H>, { leaseMs = DEFAULT_LEASE_MS }: Pick<ReadableFolderQueueOptions, 'leaseMs'>) {
    this.#reading = reading;
    this.#leaseMs = leaseMs;
  }

  counts(): Promise<FolderCounts> {
    const { context } = this.#reading;
    return withTypedErrors(context, 'counts', () => countFolder(context));
  }

  async *failed(): AsyncGenerator<FailedFile, void, void> {
    const { context } = this.#reading;
    const files = failedFiles(context);
    for (;;) {
      const next = await withTypedErrors(context, 'failed', () => files.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async retry(names: Iterable<string> | undefined): Promise<number> {
    const wanted = namesToRetry(names);
    this.#reading.assertInUse('retry');
    const { context } = this.#reading;
    return retryFailed(context, this.#caretaker(), wanted);
  }

  /** Under a name of its own, which beats: what it is killed with is known at once to be nobody's. */
  async markAllDone(): Promise<number> {
    this.#reading.assertInUse('markAllDone');
    const { context, consumer: self } = this.#reading;
    return withTypedErrors(context, 'markAllDone', async () => {
      const consumer = await Consumer.open(context, { leaseMs: this.#leaseMs });
      const own = new Set([...self.names, ...consumer.names]);
      try {
        const claimer = (): Claimer | Promise<Claimer> => consumer.claimer(context.clock.monotonic());
        const count = await markAllDone(context, { own, leaseMs: this.#leaseMs, claimer });
        await consumer.end();
        return count;
      } catch (error) {
        // What the disk refused may lie claimed: whoever looks takes it back at once.
        consumer.resign();
        throw error;
      }
    });
  }

  /** What this reader has in hands is settled as by its own `done`. */
  async done(path: string): Promise<void> {
    if (typeof path !== 'string' || path === '') throw new TypeError(`done takes the path of a claimed file, got ${JSON.stringify(path)}.`);
    this.#reading.assertInUse('done');
    const { context, holdings } = this.#reading;
    const absolute = resolve(path);
    for (const file of { [Symbol.iterator]: () => holdings[Symbol.iterator]() }) if (file.path === absolute) return file.done();
    await withTypedErrors(context, 'done', async () => {
      const claim = await claimAt(context, absolute);
      if (!(await finish(context, claim))) throw new ClaimLostError(context.layout.directory, claim.name);
    });
  }

  async releaseClaims(options: MaintenanceOptions): Promise<number> {
    return releaseClaims(this.#reading.context, this.#begin('releaseClaims', options), options);
  }

  async clearControlFiles(options: MaintenanceOptions): Promise<number> {
    return clearControlFiles(this.#reading.context, this.#begin('clearControlFiles', options), options);
  }

  async reset(options: MaintenanceOptions): Promise<ResetReport> {
    return reset(this.#reading.context, this.#begin('reset', options), options);
  }

  /** Nothing is left to be read then. */
  async purge(options: MaintenanceOptions): Promise<PurgeReport> {
    const { context } = this.#reading;
    const report = await purge(context, this.#begin('purge', options), options);
    await this.#reading.dispose(new QueueClosedError('get', context.layout.directory, 'purged'));
    return report;
  }

  #begin(operation: string, options: MaintenanceOptions): Caretaker {
    checkMaintenanceOptions(operation, options);
    this.#reading.assertInUse(operation);
    return this.#caretaker();
  }

  #caretaker(): Caretaker {
    const passing = passingCaretaker(this.#leaseMs);
    return { ...passing, own: new Set([...passing.own, ...this.#reading.consumer.names]) };
  }
}
