import { EXIT, exitCodeOfFailures, exitCodeOfSignal } from './exit-code.ts';
import { OutputClosedError } from './output.ts';
import type { WorkDisplay } from './render/work-display.ts';
import type { RoundResult } from './work-round.ts';

/** Tells the person how a round of work was, and gives the exit code. Throws the error that ended it. */
export async function finishRound(display: WorkDisplay, { summary, stopped }: RoundResult): Promise<number> {
  // An error is told alone: a summary beside it would look like an end.
  if (stopped instanceof Error) throw stopped;
  try {
    await display.report(summary);
  } catch (error) {
    // That nobody reads it is no failure.
    if (!(error instanceof OutputClosedError)) throw error;
  }
  const { report, failed } = summary;
  if (report.interrupted?.signal) return exitCodeOfSignal(report.interrupted.signal);
  return stopped === 'output-closed' ? EXIT.brokenPipe : exitCodeOfFailures(failed);
}
