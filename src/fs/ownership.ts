import { type Clock, systemClock } from '../clock.ts';
import type { QueueHolder } from './ownership-errors.ts';
import { formatReleased } from '../formats/beating-record.ts';
import { LAST_OWNER, formatOwner, formatOwnerName, type OwnerRecord } from '../formats/owner-record.ts';
import { errnoError, isErrno } from './errno.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Heartbeat } from './heartbeat.ts';
import { type NewOwner, newOwnerRecord } from './new-owner-record.ts';
import { lastOfAll, removeEarlier } from './owner-chain.ts';
import { ownerNumbers } from './owner-file.ts';
import { standingOf } from './process-identity.ts';
import type { ProcessIdentity, ProcessStanding } from './process-identity.ts';
import { discardStage, linkOnce, stageFile, stagePath } from './publish.ts';
import { leave, waitForEnd } from './succession.ts';

/**
 * Who may write in a directory: a chain of files, `owner.1`, `owner.2`, …, of which the latest counts. Each is staged
 * whole and appears by a link, so of all who want a number one gets it, and nobody ever sees half a record.
 *
 * A new owner REMOVES WHAT EARLIER OWNERS LEFT BEFORE IT READS ANYTHING ELSE: their files, and the stages that those were
 * linked from. An owner keeps its stage, under a name that nobody else ever has. So one that was stopped, and wakes, has
 * to ask one thing only, between writing and acknowledging: is my stage still there? If so, whoever comes later reads
 * what was written. If not, it is not known whether it was read, and nothing may be acknowledged.
 *
 * The last file is never removed, not at a clean close either: its number, and the run in it, must not come again.
 */

export interface OwnershipOptions extends NewOwner {
  /** Whether the chain is to survive a power cut. */
  readonly sync: boolean;
  /** Whether a process lives. @default what this system says */
  readonly standing?: (identity: ProcessIdentity) => ProcessStanding;
  /** Ends the waiting for an owner elsewhere with its reason. */
  readonly signal?: AbortSignal;
}

/** Rounds that were lost in a row, each to somebody who is not there: a disk that behaves like this can't be owned. */
const MOST_LOST = 100;

/**
 * Becomes the owner of a directory, which must be there. When this resolves every earlier owner has lost it: what it
 * acknowledged can be read, and it will acknowledge no more.
 *
 * A stop at any point leaves at most a stage, or an owner that is dead and is succeeded at once. If this throws, nothing
 * is owned.
 * @throws QueueLockedError if the owner lives: another process, or another opening in this one
 * @throws NotAQueueError if somebody made a file with the last number there is
 */
export async function takeOwnership(fs: FileSystem, directory: string, options: OwnershipOptions): Promise<Ownership> {
  const { leaseMs, signal, clock = systemClock, standing = standingOf } = options;
  for (let lost = 0; lost < MOST_LOST; lost += 1) {
    signal?.throwIfAborted();
    const names = await fs.readdir(directory);
    const last = ownerNumbers(names).at(-1) ?? 0;
    if (last >= LAST_OWNER) throw lastOfAll(directory, names);
    if (last > 0 && !(await waitForEnd(fs, directory, last, { clock, leaseMs, standing, signal }))) continue;
    const record = await newOwnerRecord(fs, directory, names, options);
    const ownership = record && (await takeNumber(fs, directory, last + 1, record, options));
    if (ownership) return ownership;
  }
  throw errnoError('EBUSY', 'link', `${directory}/${formatOwnerName(1)}`);
}

/** Undefined if somebody else was faster: then all is to be looked at again. */
async function takeNumber(
  fs: FileSystem,
  directory: string,
  number: number,
  record: OwnerRecord,
  options: OwnershipOptions,
): Promise<Ownership | undefined> {
  const stage = stagePath(directory, record.token);
  const path = `${directory}/${formatOwnerName(number)}`;
  await stageFile(fs, stage, new TextEncoder().encode(formatOwner(record)), options);
  let ownership: Ownership | undefined;
  try {
    ownership = new Ownership({ fs, stage, file: await fs.open(stage, 'update'), number, record, sync: options.sync });
    if (!(await linkOnce(fs, stage, path))) return await withdraw(fs, stage, ownership);
    // A stop from here on leaves an owner that is dead, and its stage.
    if (options.sync) await fs.syncDirectory(directory);
    if (!(await removeEarlier(fs, directory, number, { stage, sync: options.sync }))) return await withdraw(fs, stage, ownership);
    await ownership.beat(fs, path, options.clock ?? systemClock);
    return ownership.isStillOurs() ? ownership : await withdraw(fs, stage, ownership);
  } catch (error) {
    await withdraw(fs, stage, ownership);
    // The stage was swept by an owner that was faster.
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Gives back a number that was won in vain, if it was won: a link that failed may have succeeded. */
async function withdraw(fs: FileSystem, stage: string, ownership: Ownership | undefined): Promise<undefined> {
  if (ownership === undefined) await discardStage(fs, stage);
  else await ownership.release();
}

interface OwnershipParts {
  readonly fs: FileSystem;
  /** What the owner's file was linked from: there as long as nobody succeeded it. */
  readonly stage: string;
  /** The owner's file. */
  readonly file: OpenFile;
  readonly number: number;
  readonly record: OwnerRecord;
  readonly sync: boolean;
}

/** The right to write in a directory, until it is released or somebody else finds it dead. */
export class Ownership {
  readonly number: number;
  /** The number that every file of this owner's is to carry: nobody before had it, and nobody later will. */
  readonly run: number;
  /** This owner, as others see it. */
  readonly holder: QueueHolder;
  readonly #fs: FileSystem;
  readonly #stage: string;
  readonly #record: OwnerRecord;
  readonly #file: OpenFile;
  readonly #sync: boolean;
  #heartbeat: Heartbeat | undefined;
  #released = false;

  /** @internal `takeOwnership` makes it. */
  constructor({ fs, stage, file, number, record, sync }: OwnershipParts) {
    const { run, host, pid, since } = record;
    this.#fs = fs;
    this.#stage = stage;
    this.number = number;
    this.run = run;
    this.holder = { host, pid, since };
    this.#record = record;
    this.#file = file;
    this.#sync = sync;
  }

  /** @internal Begins to beat. */
  async beat(fs: FileSystem, path: string, clock: Clock): Promise<void> {
    const everyMs = Math.max(1, Math.floor(this.#record.leaseMs / 5));
    this.#heartbeat = await startHeartbeat(fs, { path, file: this.#file, everyMs, clock });
  }

  /**
   * Whether nobody took the directory: to be asked after each write, before anything is acknowledged or removed. One look
   * for a name, half a microsecond. A directory that was moved or replaced is not ours any more either.
   */
  isStillOurs(): boolean {
    if (this.#released) return false;
    try {
      return this.#fs.exists(this.#stage);
    } catch (error) {
      if (isErrno(error, 'ESTALE', 'ENOENT')) return false;
      throw error;
    }
  }

  /**
   * Gives the directory back, so that the next owner need not ask whether this one lives. The file stays: its number is
   * used. What the disk refuses here is not told: a process that ends is succeeded all the same, and this one remembers.
   */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#heartbeat?.stop();
    try {
      await this.#sayReleased();
    } catch {
      leave(this.#record.token);
    }
    await discardStage(this.#fs, this.#stage);
  }

  /** Over a network only `close` may tell that the disk refused what was written. */
  async #sayReleased(): Promise<void> {
    try {
      const word = new TextEncoder().encode(formatReleased());
      if (this.#file.write(word, 0, word.length, 0) !== word.length) throw errnoError('ENOSPC', 'write', formatOwnerName(this.number));
      if (this.#sync) await this.#file.sync();
    } finally {
      this.#file.close();
    }
  }
}
