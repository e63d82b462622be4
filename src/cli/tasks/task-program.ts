import type { Attempt } from '../../tasks/attempt.ts';
import { CannotStartError } from '../cannot-start-error.ts';
import { ProgramFailedError } from '../child/program-failed-error.ts';
import { withLongVariable } from '../child/program-environment.ts';
import { runProgram } from '../child/run-program.ts';
import type { OutputSource } from '../child/program-output.ts';
import type { Surroundings } from '../command.ts';
import { machineDisk } from '../library.ts';
import type { Stops } from '../under-signals.ts';
import { ResultFile } from './result-file.ts';
import type { RunOptions } from './run-options.ts';

const KILL_AFTER_MS = 5_000;

/** Runs a program for tasks. What it writes is ours, and what it leaves in a file becomes the data of the task. */
export class TaskProgram {
  readonly #surroundings: Surroundings;
  readonly #command: readonly string[];
  readonly #options: Pick<RunOptions, 'stdin' | 'timeout' | 'json'>;
  readonly #stops: Stops;
  readonly #unstartable = new AbortController();
  #unwritten: unknown;

  constructor(
    surroundings: Surroundings,
    command: readonly string[],
    options: Pick<RunOptions, 'stdin' | 'timeout' | 'json'>,
    stops: Stops,
  ) {
    this.#surroundings = surroundings;
    this.#command = command;
    this.#options = options;
    this.#stops = stops;
  }

  /** Aborts when the program can't be started, whatever the task. */
  get stopped(): AbortSignal {
    return this.#unstartable.signal;
  }

  /** @throws ProgramFailedError, BadResultError if it failed; CannotStartError, which says nothing about the task */
  async work(attempt: Attempt): Promise<void> {
    const result = new ResultFile(await machineDisk());
    try {
      await this.#run(attempt, result.path);
      const written = await result.read();
      if (written !== undefined) attempt.data = written.data;
    } catch (error) {
      throw this.#asTold(error);
    } finally {
      await result.remove();
    }
  }

  /** @throws what kept us from writing what the program wrote */
  assertWritten(): void {
    if (this.#unwritten !== undefined) throw this.#unwritten;
  }

  async #run(attempt: Attempt, result: string): Promise<void> {
    const { env, out, err } = this.#surroundings;
    const { stdin, timeout, json } = this.#options;
    const data = JSON.stringify(attempt.data ?? null);
    const facts = { DIBS_TASK: attempt.id, DIBS_ATTEMPT: String(attempt.number), DIBS_RESULT: result };
    await runProgram({
      words: this.#command,
      env: withLongVariable({ ...env, ...facts }, { name: 'DIBS_DATA', text: data, isOnStdin: stdin === true }),
      stdin: stdin ? data : undefined,
      timeoutMs: timeout,
      killAfterMs: KILL_AFTER_MS,
      signal: AbortSignal.any([attempt.signal, this.#stops.forcing, this.stopped]),
      // That it can't be written is no fault of the task.
      onOutput: async (from: OutputSource, lines: Buffer) => {
        await (from === 'stdout' && !json ? out : err).write(lines).catch((error: unknown) => (this.#unwritten ??= error));
      },
      guard: this.#stops.guard,
    });
  }

  #asTold(error: unknown): unknown {
    if (!(error instanceof ProgramFailedError) || error.end.kind !== 'start') return error;
    const told = new CannotStartError(this.#command[0] ?? '', error.end.errno);
    this.#unstartable.abort(told);
    return told;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
