import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { isErrno } from '../../fs/errno.ts';
import type { FileSystem, OpenFile } from '../../fs/file-system.ts';
import { removeIfThere, writeAll } from '../../fs/publish.ts';
import { OutputFailedError } from '../output.ts';
import type { OutputSource } from './program-output.ts';
import { ProgramFailedError } from './program-failed-error.ts';

interface Subject {
  readonly id: string;
  readonly attempt: number;
}

const FILES = ['stdout', 'stderr', 'result.json'] as const;

/**
 * What programs wrote and how they ended, an attempt a directory: `<id>/<attempt>/` with `stdout`, `stderr`, `result.json`. It
 * appears whole, when the program has ended; a kill leaves one that begins with a dot. Nothing is synced: the queue's own
 * books say what is done.
 */
export class ProgramResults {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #clock: Clock;

  private constructor(fs: FileSystem, directory: string, clock: Clock) {
    this.#fs = fs;
    this.#directory = directory;
    this.#clock = clock;
  }

  /** @throws OutputFailedError if there can be no such directory: before any program runs for it */
  static async open(fs: FileSystem, directory: string, clock: Clock): Promise<ProgramResults> {
    const results = new ProgramResults(fs, directory, clock);
    try {
      await fs.mkdir(directory);
    } catch (error) {
      throw results.refusal(error);
    }
    return results;
  }

  /** The error to tell for what the disk refused. */
  refusal(error: unknown): unknown {
    return error instanceof Error ? new OutputFailedError(error, `What is to be kept in ${this.#directory}`) : error;
  }

  async begin(subject: Subject, command: readonly string[]): Promise<KeptProgram> {
    const stage = `${this.#directory}/.${subject.id}.${randomBytes(6).toString('hex')}`;
    await this.#fs.mkdir(stage);
    const stdout = await this.#fs.open(`${stage}/stdout`, 'append');
    const stderr = await this.#fs.open(`${stage}/stderr`, 'append').catch((error: unknown) => {
      stdout.close();
      throw error;
    });
    const { id, attempt } = subject;
    const facts = { id, attempt, command, startedAt: this.#clock.wall().toISOString() };
    const places = { stage, parent: `${this.#directory}/${id}`, final: `${this.#directory}/${id}/${attempt}` };
    return new KeptProgram(this.#fs, this.#clock, places, { stdout, stderr }, facts);
  }
}

interface Places {
  readonly stage: string;
  readonly parent: string;
  readonly final: string;
}

/** One program that runs. */
export class KeptProgram {
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #places: Places;
  readonly #files: Readonly<Record<OutputSource, OpenFile>>;
  readonly #facts: object;
  readonly #since: number;

  constructor(fs: FileSystem, clock: Clock, places: Places, files: Readonly<Record<OutputSource, OpenFile>>, facts: object) {
    this.#fs = fs;
    this.#clock = clock;
    this.#places = places;
    this.#files = files;
    this.#facts = facts;
    this.#since = clock.monotonic();
  }

  async write(from: OutputSource, bytes: Uint8Array): Promise<void> {
    writeAll(this.#files[from], bytes, `${this.#places.stage}/${from}`);
  }

  /** Waits for its end, which it never throws, and shows what it wrote; of one that is told to end nothing is left. */
  async follow(run: Promise<void>, signal: AbortSignal): Promise<void> {
    const end = await run.then(() => ({ kind: 'exit', code: 0 }), endOf);
    for (const file of Object.values(this.#files)) file.close();
    if (signal.aborted) await this.#remove(this.#places.stage);
    else await this.#show(end);
  }

  async #show(end: object): Promise<void> {
    const { stage, parent, final } = this.#places;
    const durationMs = Math.round(this.#clock.monotonic() - this.#since);
    const file = await this.#fs.open(`${stage}/result.json`, 'append');
    try {
      writeAll(file, new TextEncoder().encode(`${JSON.stringify({ ...this.#facts, durationMs, end })}\n`), `${stage}/result.json`);
    } finally {
      file.close();
    }
    await this.#fs.mkdir(parent);
    try {
      await this.#fs.rename(stage, final);
    } catch (error) {
      if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      // The same attempt once more: the last one was not counted.
      await this.#remove(final);
      await this.#fs.rename(stage, final);
    }
  }

  async #remove(directory: string): Promise<void> {
    for (const name of FILES) await removeIfThere(this.#fs, `${directory}/${name}`);
    await this.#fs.rmdir(directory);
  }
}

function endOf(error: unknown): object {
  if (error instanceof ProgramFailedError) return error.end;
  return { kind: 'start', error: error instanceof Error ? error.message : String(error) };
}
