import { readQueue } from '../library.ts';
import { QueueLockedError } from '../../errors.ts';
import type { Call, Command, Surroundings } from '../command.ts';
import { printCommands } from '../dry-run.ts';
import { EXIT, exitCodeOfFailures, exitCodeOfSignal } from '../exit-code.ts';
import { interruptible } from '../interruption.ts';
import { seconds, secondsOrNone, wholeNumber } from '../option-values.ts';
import { OutputClosedError } from '../output.ts';
import { openExistingQueue, WAIT_OPTION } from '../queue-access.ts';
import { JsonDisplay } from '../render/json.ts';
import { LiveDisplay } from '../render/live.ts';
import { paintFor } from '../render/paint.ts';
import { PlainDisplay } from '../render/plain.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { WorkDisplay } from '../render/work-display.ts';
import { UsageError } from '../usage-error.ts';
import { untilWorkComes } from '../until-work-comes.ts';
import { workRound } from '../work-round.ts';
import type { RoundPlan, RoundResult } from '../work-round.ts';

interface WorkOptions {
  readonly concurrency: number;
  readonly retries: number;
  /** In milliseconds. */
  readonly backoff?: number;
  readonly timeout?: number;
  readonly stdin?: boolean;
  readonly stopOnFailure?: boolean;
  readonly follow?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly wait?: number;
  readonly json?: boolean;
}

const DEFAULT_BACKOFF_MS = 1_000;

export const workCommand: Command<WorkOptions> = {
  name: 'work',
  summary: 'run a program for each message, until all is done',
  rest: {
    syntax: '<command...>',
    description:
      'after --: the program and its arguments; {} is the value, at the end if there is none. No shell reads them; DIBS_ID and DIBS_ATTEMPT are in the environment',
  },
  options: [
    { flags: '-j, --concurrency <n>', description: 'how many programs run at once', parse: wholeNumber('--concurrency', 1), default: 1 },
    {
      flags: '--retries <n>',
      description: 'how often a message is tried in all, over all runs',
      parse: wholeNumber('--retries', 1),
      default: 3,
    },
    {
      flags: '--backoff <seconds>',
      description: 'longest wait after the first failed attempt, doubled with each; 0 for none (default: 1)',
      parse: secondsOrNone('--backoff'),
    },
    {
      flags: '--timeout <seconds>',
      description: 'end a program (SIGTERM, after 5 s SIGKILL) that takes longer: a failed attempt',
      parse: seconds('--timeout'),
    },
    { flags: '--stdin', description: 'the value on stdin; as an argument only where {} stands' },
    { flags: '--stop-on-failure', description: 'take no more once a message is given up' },
    { flags: '--follow', description: 'when all is done let the queue go, and take it again when there is work' },
    { flags: '--dry-run', description: 'print the command lines and run nothing' },
    { flags: '-q, --quiet', description: 'print no progress and no summary; failures yes' },
    WAIT_OPTION,
  ],
  examples: [
    ['dibs work orders -j 4 -- ./load.sh {}', 'four at a time; run it again after a crash: it goes on where it stopped'],
    ['dibs work orders --retries 5 --timeout 60 -- curl -fsS https://example.org/{}', 'five tries of a minute each'],
    ['dibs work orders --stdin -- jq .rows', 'the value as JSON on stdin'],
    ['dibs work orders -- sh -c \'gzip -k -- "$1"\' sh {}', 'a shell, where one is wanted: the value is $1, never a part of the script'],
  ],
  async run(surroundings, call) {
    if (call.rest[0] === '') throw new UsageError('the command is empty text. Run: dibs work --help');
    if (call.options.dryRun) return printCommands(surroundings.out, call);
    const display = displayFor(surroundings, call.options);
    return call.options.follow ? follow(surroundings, call, display) : (await runRound(surroundings, call, display)).exitCode;
  },
};

/** Round after round, and between them the queue is free for others. Ends by a signal. */
async function follow(surroundings: Surroundings, call: Call<WorkOptions>, display: WorkDisplay): Promise<number> {
  for (;;) {
    try {
      const { exitCode, ended } = await runRound(surroundings, call, display);
      if (ended) return exitCode;
    } catch (error) {
      // Somebody puts into it, or was faster.
      if (!(error instanceof QueueLockedError)) throw error;
    }
    await interruptible(async (signal) => {
      await display.notice(`waiting for work in ${formatSentence(call.directory)}; Ctrl-C ends it`);
      await untilWorkComes(call.directory, surroundings.clock, signal);
    });
  }
}

/** One round, told to the person. `ended`: it was told to stop, and there may be more to do. */
async function runRound(
  surroundings: Surroundings,
  call: Call<WorkOptions>,
  display: WorkDisplay,
): Promise<{ exitCode: number; ended: boolean }> {
  const result = await workOnce(surroundings, call, display);
  // An error is told alone: a summary beside it would look like an end.
  if (result.stopped instanceof Error) throw result.stopped;
  await tell(display, result);
  return { exitCode: exitCodeOfRound(result), ended: result.stopped !== undefined || result.summary.report.interrupted !== null };
}

async function workOnce(
  { clock, env, err }: Surroundings,
  { directory, rest, options }: Call<WorkOptions>,
  display: WorkDisplay,
): Promise<RoundResult> {
  // Opening would begin a new run, and clear a finished load away that somebody may want to look at.
  const nothing = await nothingToDo(directory);
  if (nothing) return nothing;
  const plan: RoundPlan = {
    directory,
    words: rest,
    stdin: options.stdin === true,
    timeoutMs: options.timeout,
    maxAttempts: options.retries,
    stopOnFailure: options.stopOnFailure === true,
    concurrency: options.concurrency,
    backoffMs: options.backoff ?? DEFAULT_BACKOFF_MS,
    env,
    clock,
  };
  const queue = await openExistingQueue(directory, { waitMs: options.wait, clock, err, maxAttempts: options.retries });
  try {
    return await workRound(queue, plan, display);
  } finally {
    await queue.dispose();
  }
}

/** The result of a round in a queue in which nothing is left and that nobody has; undefined if there is work. */
async function nothingToDo(directory: string): Promise<RoundResult | undefined> {
  const reader = await readQueue(directory);
  for await (const _ of reader.outstanding()) return undefined;
  const { counts, holder } = await reader.status();
  if (counts.waiting + counts.taken > 0 || holder?.alive) return undefined;
  const report = { taken: 0, done: 0, failed: 0, retried: 0, released: 0, lost: 0, interrupted: null, durationMs: 0 };
  return { summary: { directory, report, counts, failedBefore: counts.failed }, stopped: undefined };
}

/** Tells how it was; that nobody reads that is no failure. */
async function tell(display: WorkDisplay, { summary }: RoundResult): Promise<void> {
  try {
    await display.report(summary);
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
}

function exitCodeOfRound({ summary: { report, counts }, stopped }: RoundResult): number {
  if (report.interrupted?.signal) return exitCodeOfSignal(report.interrupted.signal);
  return stopped === 'output-closed' ? EXIT.brokenPipe : exitCodeOfFailures(counts.failed);
}

function displayFor({ out, err, env }: Surroundings, { json, quiet }: WorkOptions): WorkDisplay {
  if (json) return new JsonDisplay(out, err);
  const live = err.isTerminal && env['TERM'] !== 'dumb' && !quiet;
  return live ? new LiveDisplay(out, err, paintFor(true, env)) : new PlainDisplay(out, err, { quiet: quiet === true });
}
