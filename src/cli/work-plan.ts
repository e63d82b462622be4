import { ProgramResults } from './child/program-results.ts';
import type { Call, Surroundings } from './command.ts';
import type { WorkOptions } from './commands/work-options.ts';
import { machineDisk } from './library.ts';
import type { RoundPlan } from './work-round.ts';

const DEFAULT_BACKOFF_MS = 1_000;

/** What was typed, as a plan for a round of work. */
export async function planOf(
  { clock, env }: Surroundings,
  { directory, rest, options }: Call<WorkOptions>,
  maxAttempts: number,
): Promise<RoundPlan> {
  return {
    directory,
    words: rest,
    stdin: options.stdin === true,
    timeoutMs: options.timeout,
    maxAttempts,
    halt: options.halt,
    results: options.results === undefined ? undefined : await ProgramResults.open(await machineDisk(), options.results, clock),
    concurrency: options.concurrency,
    backoffMs: options.backoff ?? DEFAULT_BACKOFF_MS,
    env,
    clock,
  };
}
