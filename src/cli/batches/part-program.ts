import type { PartData } from '../../batches/part-work.ts';
import type { Attempt } from '../../tasks/attempt.ts';
import { CannotStartError } from '../cannot-start-error.ts';
import { fillCommand, valueAsText } from '../child/command-template.ts';
import { withLongVariable } from '../child/program-environment.ts';
import { ProgramFailedError } from '../child/program-failed-error.ts';
import type { OutputSource } from '../child/program-output.ts';
import { ProgramText } from '../child/program-text.ts';
import { runProgram } from '../child/run-program.ts';
import type { Surroundings } from '../command.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCall } from '../store-command.ts';
import type { Stops } from '../under-signals.ts';
import type { WorkOptions } from './work-options.ts';

const KILL_AFTER_MS = 5_000;

/** The program said by its exit code that the whole batch is to fail. */
export class FatalPartError extends Error {
  constructor(cause: ProgramFailedError) {
    super(cause.message, { cause });
    this.name = 'FatalPartError';
  }
}

/** Runs the program for parts: what it prints is the result of the part. */
export class PartProgram {
  readonly #surroundings: Surroundings;
  readonly #call: StoreCall<WorkOptions>;
  readonly #stops: Stops;
  readonly #unstartable = new AbortController();

  constructor(surroundings: Surroundings, call: StoreCall<WorkOptions>, stops: Stops) {
    this.#surroundings = surroundings;
    this.#call = call;
    this.#stops = stops;
  }

  /** Aborts when the program can't be started, whatever the part. */
  get stopped(): AbortSignal {
    return this.#unstartable.signal;
  }

  async work(part: unknown, attempt: Attempt<PartData>): Promise<unknown> {
    try {
      return await this.#run(part, attempt);
    } catch (error) {
      if (!(error instanceof ProgramFailedError)) {
        if (!this.#isOver(attempt)) await this.#tell(attempt, error);
        throw error;
      }
      if (this.#isUnstartable(error)) this.#unstartable.abort(new CannotStartError(this.#call.words[1] ?? '', error.end.errno));
      else await this.#tell(attempt, error);
      throw this.#isFatal(error) ? new FatalPartError(error) : error;
    }
  }

  async #run(part: unknown, attempt: Attempt<PartData>): Promise<unknown> {
    const { env, err } = this.#surroundings;
    const {
      words: [batch = '', ...command],
      options,
    } = this.#call;
    const { stdin = false, timeout } = options;
    const json = JSON.stringify(part);
    const facts = { DIBS_BATCH: batch, DIBS_PART_ID: attempt.id, DIBS_ATTEMPT: String(attempt.number) };
    const text = new ProgramText();
    await runProgram({
      words: fillCommand(command, valueAsText(part), { append: !stdin }),
      env: withLongVariable({ ...env, ...facts }, { name: 'DIBS_PART', text: json, isOnStdin: stdin }),
      stdin: stdin ? json : undefined,
      timeoutMs: timeout,
      killAfterMs: KILL_AFTER_MS,
      signal: AbortSignal.any([attempt.signal, this.#stops.forcing, this.stopped]),
      onOutput: async (from: OutputSource, lines: Buffer) => {
        if (from === 'stdout') text.push(lines);
        // That nobody reads it is no fault of the part.
        else await err.write(lines).catch(() => {});
      },
      guard: this.#stops.guard,
    });
    return text.value();
  }

  #isOver({ signal }: Attempt<PartData>): boolean {
    return signal.aborted || this.#stops.forcing.aborted || this.stopped.aborted;
  }

  /** If that is so for every part: not when the part names the program. */
  #isUnstartable(
    error: ProgramFailedError,
  ): error is ProgramFailedError & { readonly end: { readonly kind: 'start'; readonly errno: string } } {
    return error.end.kind === 'start' && !(this.#call.words[1] ?? '').includes('{}');
  }

  #isFatal({ end }: ProgramFailedError): boolean {
    return end.kind === 'exit' && (this.#call.options.failOn?.has(end.code) ?? false);
  }

  async #tell({ id, number }: Attempt<PartData>, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await this.#surroundings.err.line(`dibs: part ${id} failed at attempt ${number}: ${formatSentence(reason)}`).catch(() => {});
  }
}
