import type { Attempt } from '../../tasks/attempt.ts';
import { CannotStartError } from '../cannot-start-error.ts';
import { ProgramFailedError } from '../child/program-failed-error.ts';
import { withLongVariable } from '../child/program-environment.ts';
import { runProgram } from '../child/run-program.ts';
import type { OutputSource } from '../child/program-output.ts';
import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { machineDisk } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCall } from '../store-command.ts';
import { exitCodeOfStops, type Stops, underSignals } from '../under-signals.ts';
import { ResultFile } from './result-file.ts';
import type { RunOptions } from './run-options.ts';
import { withTasks } from './with-tasks.ts';

const KILL_AFTER_MS = 5_000;

/** Runs a program on a task. What it writes is ours. */
export function runTask(surroundings: Surroundings, call: StoreCall<RunOptions>): Promise<number> {
  const { retries, backoff, lease, json } = call.options;
  const options = {
    ...(retries !== undefined && { maxAttempts: retries }),
    ...(backoff !== undefined && { backoff: backoff === 0 ? (false as const) : { firstMs: backoff } }),
    ...(lease !== undefined && { leaseMs: lease }),
  };
  const [id = ''] = call.words;
  return withTasks(
    surroundings,
    call,
    (tracker) =>
      underSignals(surroundings, async (stops) => {
        const task = new TaskProgram(surroundings, call, stops);
        const failure = await tracker
          .run(id, (attempt) => task.work(attempt), { signal: task.givingBack })
          .then(
            () => undefined,
            (error: unknown) => task.failureOf(error),
          );
        task.assertWritten();
        if (json) await surroundings.out.line(formatJsonLine((await tracker.get(id)) ?? null));
        if (failure !== undefined) await surroundings.err.line(`dibs: task ${formatSentence(id)} failed: ${formatSentence(failure)}`);
        return exitCodeOfStops(stops) ?? (failure === undefined ? EXIT.ok : EXIT.failed);
      }),
    options,
  );
}

/** The program of one task, from its start to what it came to. */
class TaskProgram {
  readonly #surroundings: Surroundings;
  readonly #call: StoreCall<RunOptions>;
  readonly #stops: Stops;
  readonly #unstartable = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #unwritten: unknown;

  constructor(surroundings: Surroundings, call: StoreCall<RunOptions>, stops: Stops) {
    this.#surroundings = surroundings;
    this.#call = call;
    this.#stops = stops;
  }

  /** Aborts when what runs is to be no attempt. */
  get givingBack(): AbortSignal {
    return AbortSignal.any([this.#stops.forcing, this.#unstartable.signal]);
  }

  async work(attempt: Attempt): Promise<void> {
    const result = new ResultFile(await machineDisk());
    try {
      await this.#run(attempt, result.path);
      const written = await result.read();
      if (written !== undefined) attempt.data = written.data;
    } catch (error) {
      this.#failure = { error: this.#asTold(error) };
      throw this.#failure.error;
    } finally {
      await result.remove();
    }
  }

  /** The reason, if it was the program that failed. @throws anything else */
  failureOf(error: unknown): string {
    if (this.givingBack.aborted || error !== this.#failure?.error) throw error;
    return error instanceof Error ? error.message : String(error);
  }

  /** @throws what kept us from writing what the program wrote */
  assertWritten(): void {
    if (this.#unwritten !== undefined) throw this.#unwritten;
  }

  async #run(attempt: Attempt, result: string): Promise<void> {
    const { env, out, err } = this.#surroundings;
    const { words, options } = this.#call;
    const data = JSON.stringify(attempt.data ?? null);
    const facts = { DIBS_TASK: attempt.id, DIBS_ATTEMPT: String(attempt.number), DIBS_RESULT: result };
    await runProgram({
      words: words.slice(1),
      env: withLongVariable({ ...env, ...facts }, { name: 'DIBS_DATA', text: data, isOnStdin: options.stdin === true }),
      stdin: options.stdin ? data : undefined,
      timeoutMs: options.timeout,
      killAfterMs: KILL_AFTER_MS,
      signal: AbortSignal.any([attempt.signal, this.#stops.forcing]),
      // That it can't be written is no fault of the task.
      onOutput: async (from: OutputSource, lines: Buffer) => {
        await (from === 'stdout' && !options.json ? out : err).write(lines).catch((error: unknown) => (this.#unwritten ??= error));
      },
      guard: this.#stops.guard,
    });
  }

  /** A program that is not there says nothing about the task, which is given back. */
  #asTold(error: unknown): unknown {
    if (!(error instanceof ProgramFailedError) || error.end.kind !== 'start') return error;
    const told = new CannotStartError(this.#call.words[1] ?? '', error.end.errno);
    this.#unstartable.abort(told);
    return told;
  }
}
