#!/usr/bin/env node
import { systemClock } from '../clock.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { InterruptedError } from './interruption.ts';
import { Output, OutputClosedError } from './output.ts';
import { runProgram } from './program.ts';
import { formatSentence } from './render/visible-text.ts';

const out = new Output(process.stdout);
const err = new Output(process.stderr);
const { env, stdin } = process;

try {
  process.exitCode = await runProgram(process.argv.slice(2), { out, err, stdin, env, clock: systemClock });
} catch (error) {
  process.exitCode = await report(error);
}

async function report(error: unknown): Promise<number> {
  if (error instanceof OutputClosedError) return EXIT.ok; // `| head` has what it wanted
  const message = error instanceof Error ? error.message : String(error);
  const debug = env['DIBS_DEBUG'] === '1' && error instanceof Error;
  try {
    if (!(error instanceof InterruptedError) || debug) await err.write(debug ? `${error.stack}\n` : `dibs: ${formatSentence(message)}\n`);
  } catch {
    // Nobody reads stderr: the exit code has to say it alone.
  }
  return error instanceof InterruptedError ? error.exitCode : exitCodeOfError(error);
}
