import type { Surroundings } from './command.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { InterruptedError } from './interruption.ts';
import { OutputClosedError } from './output.ts';
import { runProgram } from './program.ts';
import { describeError } from './render/error-sentence.ts';

/** Runs what was typed; an error is one line on stderr. Gives the exit code. */
export async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await runProgram(words, surroundings);
  } catch (error) {
    return report(error, surroundings);
  }
}

async function report(error: unknown, { err, env }: Surroundings): Promise<number> {
  if (error instanceof OutputClosedError) return EXIT.ok; // `| head` has what it wanted
  const debug = env['DIBS_DEBUG'] === '1' && error instanceof Error;
  try {
    if (!(error instanceof InterruptedError) || debug) await err.write(debug ? `${error.stack}\n` : `dibs: ${describeError(error)}\n`);
  } catch {
    // Nobody reads stderr: the exit code has to say it alone.
  }
  return error instanceof InterruptedError ? error.exitCode : exitCodeOfError(error);
}
