import type { ConsumeReport } from '../../queues/consume-report.ts';
import type { Attempt } from '../../tasks/attempt.ts';
import type { LaterTask } from '../../tasks/later-tasks.ts';
import { TasksDamagedError } from '../../tasks/tasks-damaged-error.ts';
import type { TaskTracker } from '../../tasks/task-tracker.ts';
import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatDuration, formatNumberOf } from '../render/quantity.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCall } from '../store-command.ts';
import { exitCodeOfStops, type Stops, underSignals } from '../under-signals.ts';
import { attemptOptions } from './run-options.ts';
import { messageOf, TaskProgram } from './task-program.ts';
import { withStep } from './with-tasks.ts';
import type { WorkOptions } from './work-options.ts';

/** Runs a program on whatever is due, as long as anything is left that may come to be due. */
export function workOnTasks(surroundings: Surroundings, call: StoreCall<WorkOptions>): Promise<number> {
  return withStep(
    surroundings,
    call,
    (tracker) => underSignals(surroundings, (stops) => workUnder(stops, tracker, surroundings, call)),
    attemptOptions(call.options),
  );
}

async function workUnder(
  stops: Stops,
  tracker: TaskTracker<unknown>,
  surroundings: Surroundings,
  { words, options }: StoreCall<WorkOptions>,
): Promise<number> {
  const program = new TaskProgram(surroundings, words, options, stops);
  const work = async (attempt: Attempt): Promise<void> => {
    try {
      await program.work(attempt);
    } catch (error) {
      if (!attempt.signal.aborted && !stops.forcing.aborted && !program.stopped.aborted) await tellFailure(surroundings, attempt, error);
      throw error;
    }
  };
  const report = await tracker
    .work(work, {
      concurrency: options.concurrency,
      follow: options.follow ?? false,
      signal: AbortSignal.any([stops.draining, program.stopped]),
      forceSignal: AbortSignal.any([stops.forcing, program.stopped]),
      ...(!options.quiet && { waitsFor: (next) => void tellWait(surroundings, next) }),
      clock: surroundings.clock,
    })
    .catch(async (error: unknown) => {
      // What was done with the others is to be told all the same.
      if (error instanceof TasksDamagedError) await tell(error.report, surroundings, options);
      throw error;
    });
  // The same for every task: nothing was tried.
  program.stopped.throwIfAborted();
  program.assertWritten();
  await tell(report, surroundings, options);
  return exitCodeOfStops(stops) ?? (report.failed > 0 ? EXIT.failed : EXIT.ok);
}

/** Shorter waits, as after a failure, are not worth a line. In milliseconds. */
const LONG_WAIT_MS = 60_000;

async function tellWait({ err, clock }: Surroundings, { id, notBefore }: LaterTask): Promise<void> {
  if (Date.parse(notBefore) - clock.wall().getTime() < LONG_WAIT_MS) return;
  await err.line(`dibs: waits for task ${formatSentence(id)}, which is due at ${notBefore}; Ctrl-C ends that`).catch(() => {});
}

/** That nobody reads it is no fault of the task. */
async function tellFailure({ err }: Surroundings, { id, number }: Attempt, error: unknown): Promise<void> {
  await err.line(`dibs: task ${formatSentence(id)} failed at attempt ${number}: ${formatSentence(messageOf(error))}`).catch(() => {});
}

async function tell(report: ConsumeReport, { out, err }: Surroundings, { json, quiet }: WorkOptions): Promise<void> {
  const { errors: _, durationMs, ...counts } = report;
  if (json) await out.line(formatJsonLine({ ...counts, durationMs: Math.round(durationMs) }));
  else if (!quiet) await err.line(`dibs: ${describe(report)}`);
}

function describe({ done, failed, durationMs }: ConsumeReport): string {
  const givenUp = failed === 0 ? '' : `, ${formatNumberOf(failed, 'task')} given up`;
  return `${formatNumberOf(done, 'task')} done here${givenUp} in ${formatDuration(durationMs)}`;
}
