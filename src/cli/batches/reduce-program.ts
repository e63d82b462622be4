import { BatchDamagedError } from '../../batches/batch-damaged-error.ts';
import { BatchNotReadyError } from '../../batches/batch-errors.ts';
import type { Reduction } from '../../batches/reduce-work.ts';
import type { Attempt } from '../../tasks/attempt.ts';
import type { OutputSource } from '../child/program-output.ts';
import { ProgramText } from '../child/program-text.ts';
import { runProgram } from '../child/run-program.ts';
import type { Surroundings } from '../command.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { Stops } from '../under-signals.ts';

const KILL_AFTER_MS = 5_000;

/** Runs the shell's command that reduces: the parts come on its stdin, in their order, and what it prints is the result. */
export class ReduceProgram {
  readonly #surroundings: Surroundings;
  readonly #command: string;
  readonly #stops: Stops;
  readonly #isJson: boolean;

  constructor(surroundings: Surroundings, command: string, stops: Stops, isJson: boolean) {
    this.#surroundings = surroundings;
    this.#command = command;
    this.#stops = stops;
    this.#isJson = isJson;
  }

  async work(reduction: Reduction, attempt: Attempt): Promise<unknown> {
    const { env, out, err } = this.#surroundings;
    const text = new ProgramText();
    try {
      await runProgram({
        words: process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', this.#command] : ['/bin/sh', '-c', this.#command],
        env: { ...env, DIBS_BATCH: reduction.batchId, DIBS_ATTEMPT: String(attempt.number) },
        stdin: linesOf(reduction),
        killAfterMs: KILL_AFTER_MS,
        signal: AbortSignal.any([attempt.signal, this.#stops.forcing]),
        onOutput: async (from: OutputSource, lines: Buffer) => {
          if (from === 'stdout') text.push(lines);
          // That nobody reads it is no fault of the reduce.
          await (from === 'stdout' && !this.#isJson ? out : err).write(lines).catch(() => {});
        },
        guard: this.#stops.guard,
      });
    } catch (error) {
      const isUnready = error instanceof BatchDamagedError || error instanceof BatchNotReadyError;
      if (!attempt.signal.aborted && !this.#stops.forcing.aborted && !isUnready) await this.#tell(attempt, error);
      throw error;
    }
    return text.value();
  }

  async #tell({ number }: Attempt, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await this.#surroundings.err.line(`dibs: the reduce failed at attempt ${number}: ${formatSentence(reason)}`).catch(() => {});
  }
}

async function* linesOf(reduction: Reduction): AsyncGenerator<string, void, void> {
  for await (const result of reduction.results()) yield `${formatJsonLine(result)}\n`;
}
