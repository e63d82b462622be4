import { randomBytes } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { DiskError } from '../errors.ts';
import { formatOutputStage, isOutputStageOf, parseOutputStage } from '../formats/output-stage.ts';
import type { TaskOutput } from '../formats/task-record.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { discardStage, renameStage } from '../fs/publish.ts';

/** Which attempt writes a file. */
export interface OutputWriter {
  /** What tells its task from others. */
  readonly task: string;
  readonly attempt: number;
  /** How many attempts just before it died with their process. */
  readonly died: number;
}

/** Files that tasks write: each beside its final name, under one that nobody looks for, until its task has succeeded. */
export class OutputFiles {
  readonly #fs: FileSystem;
  readonly #isDurable: boolean;

  constructor(fs: FileSystem, isDurable: boolean) {
    this.#fs = fs;
    this.#isDurable = isDurable;
  }

  /** Where to write it; what attempts left there whose processes died is removed. */
  async stage(path: string, { task, attempt, died }: OutputWriter): Promise<TaskOutput> {
    const final = resolve(path);
    const [directory, name] = [dirname(final), basename(final)];
    await makeDirectory(this.#fs, directory, { durable: this.#isDurable });
    if (died > 0) {
      await this.#fs.scan(directory, async (file) => {
        const left = parseOutputStage(file);
        if (left === null || left.task !== task || !isOutputStageOf(left, name)) return;
        if (left.attempt < attempt && left.attempt >= attempt - died) await discardStage(this.#fs, `${directory}/${file}`);
      });
    }
    return { path: final, stage: `${directory}/${formatOutputStage({ name, task, attempt, token: randomBytes(4).toString('hex') })}` };
  }

  /**
   * Makes what was written safe, before the success that speaks of it. Those that nobody wrote are left out.
   * @throws DiskError for what could not be shown
   */
  async secure(outputs: readonly TaskOutput[]): Promise<TaskOutput[]> {
    const written: TaskOutput[] = [];
    for (const output of outputs) {
      if ((await this.#fs.lstat(output.stage)) === undefined) continue;
      // Once the success is decided it is too late to be refused.
      if ((await this.#fs.lstat(output.path))?.kind === 'directory') throw new DiskError('show', output.path, 'EISDIR');
      if (this.#isDurable) await this.#sync(output.stage);
      written.push(output);
    }
    return written;
  }

  /** Shows them. Repeating it after a stop shows the rest. */
  async publish(outputs: readonly TaskOutput[]): Promise<void> {
    for (const { stage, path } of outputs) {
      await this.#show(stage, path);
      // Also if it was shown before, by whoever was stopped there. Of a directory that is gone since nothing is to be kept.
      if (this.#isDurable && this.#fs.exists(dirname(path))) await this.#fs.syncDirectory(dirname(path));
    }
  }

  /** Unless it is shown already. Somebody else may be at the same: whoever looks at a task whose end is decided. */
  async #show(stage: string, path: string): Promise<void> {
    if (!this.#fs.exists(stage)) return;
    try {
      await renameStage(this.#fs, stage, path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || this.#fs.exists(stage)) throw error;
    }
  }

  async discard(outputs: readonly TaskOutput[]): Promise<void> {
    for (const { stage } of outputs) await discardStage(this.#fs, stage);
  }

  async #sync(path: string): Promise<void> {
    const file = await this.#fs.open(path, 'update');
    try {
      await file.sync();
    } finally {
      file.close();
    }
  }
}
