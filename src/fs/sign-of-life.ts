import { systemClock, type Clock } from '../clock.ts';
import { type BeatingProcess, formatBeatingFile, formatReleased } from '../formats/beating-record.ts';
import { errnoError, isErrno } from './errno.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { startHeartbeat, type Heartbeat } from './heartbeat.ts';
import { processIdentity, type ProcessIdentity } from './process-identity.ts';
import { discardStage, publishFile, removeIfThere, stageFile, stagePath } from './publish.ts';

export interface SignOfLifeOptions {
  /** Where the files that beat are. */
  readonly directory: string;
  /** Where files are staged. */
  readonly stages: string;
  /** A name that nobody else ever has. */
  readonly name: string;
  /** How long its silence is to be tolerated, in milliseconds. It beats five times as often. */
  readonly leaseMs: number;
  readonly clock?: Clock;
  /** @default this process */
  readonly identity?: ProcessIdentity;
  /** How long the process may not get to anything else before it is taken for hung, in milliseconds. @default for ever */
  readonly maxStillMs?: number | undefined;
}

/** How many beats there are in a lease. */
const BEATS_PER_LEASE = 5;

/**
 * Shows that a process lives, in a file of its own that appears whole, with its first beat. A stop leaves the file behind,
 * which beats no more; a stop before that a stage. It is not synced: after a power cut nobody lives.
 */
export async function showLife(fs: FileSystem, options: SignOfLifeOptions): Promise<SignOfLife> {
  const { directory, stages, name, leaseMs, clock = systemClock, identity = processIdentity(), maxStillMs } = options;
  const { host, bootId, pidNamespace, timeNamespace, pid, startTime } = identity;
  const since = clock.wall().toISOString();
  const record: BeatingProcess = { host, bootId, pidNamespace, timeNamespace, pid, startTime, since, leaseMs };
  const path = `${directory}/${name}`;
  const file = await publishNew(fs, stagePath(stages, name), path, new TextEncoder().encode(formatBeatingFile({ ...record })));
  const everyMs = Math.max(1, Math.floor(leaseMs / BEATS_PER_LEASE));
  const heartbeat = await startHeartbeat(fs, { path, file, everyMs, clock, maxStillMs });
  return new SignOfLife(fs, { path, file, heartbeat, everyMs });
}

/** More would be no accident any more. */
const MOST_STAGES = 5;

/** A stage that is not whole yet looks as if its process were gone: whoever sweeps those takes it away, and it is made anew. */
async function publishNew(fs: FileSystem, stage: string, path: string, bytes: Uint8Array): Promise<OpenFile> {
  for (let made = 1; ; made += 1) {
    await stageFile(fs, stage, bytes, { sync: false });
    try {
      return await publishOpen(fs, stage, path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || made >= MOST_STAGES) throw error;
    }
  }
}

/** Opened first: a process that stands still once its file is seen may be found dead, and its file be gone, before it goes on. */
async function publishOpen(fs: FileSystem, stage: string, path: string): Promise<OpenFile> {
  let file: OpenFile | undefined;
  try {
    file = await fs.open(stage, 'update');
    if (!(await publishFile(fs, stage, path, { syncDirectory: null }))) throw errnoError('EEXIST', 'link', path);
    return file;
  } catch (error) {
    file?.close();
    await discardStage(fs, stage);
    throw error;
  }
}

interface Parts {
  readonly path: string;
  readonly file: OpenFile;
  readonly heartbeat: Heartbeat;
  readonly everyMs: number;
}

/** A file that beats as long as this process lives. */
export class SignOfLife {
  readonly path: string;
  /** How often it beats, in milliseconds. */
  readonly everyMs: number;
  readonly #fs: FileSystem;
  readonly #file: OpenFile;
  readonly #heartbeat: Heartbeat;

  /** @internal `showLife` makes it. */
  constructor(fs: FileSystem, { path, file, heartbeat, everyMs }: Parts) {
    this.path = path;
    this.everyMs = everyMs;
    this.#fs = fs;
    this.#file = file;
    this.#heartbeat = heartbeat;
  }

  /** Whether nobody has found this process dead. One look for a name, a microsecond. */
  isThere(): boolean {
    return this.#fs.exists(this.path);
  }

  /** Says that the process is not hung. */
  progress(): void {
    this.#heartbeat.progress();
  }

  /** Stops beating and takes the file away: whoever is to be told that this process ended is told so otherwise, before. */
  async end(): Promise<void> {
    this.leave();
    await removeIfThere(this.#fs, this.path);
  }

  /** Stops beating, and leaves the file to be found dead. */
  leave(): void {
    this.#heartbeat.stop();
    this.#close();
  }

  /** Stops beating, and says so in the file: whoever looks knows at once. What can't be written is found dead in time. */
  release(): void {
    this.#heartbeat.stop();
    const word = new TextEncoder().encode(formatReleased());
    try {
      this.#file.write(word, 0, word.length, 0);
    } catch {
      // Silent for a lease, or gone with its process: the same, later.
    }
    this.#close();
  }

  #close(): void {
    try {
      this.#file.close();
    } catch {
      // Only beats stood in it, and those are over.
    }
  }
}
