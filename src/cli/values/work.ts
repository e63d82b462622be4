import { QueueLockedError } from '../../fs/ownership-errors.ts';
import type { PersistentQueue } from '../../queues/persistent-queue.ts';
import type { Call, Surroundings } from '../command.ts';
import type { WorkOptions } from '../commands/work-options.ts';
import { finishRound } from '../finish-round.ts';
import { interruptible } from '../interruption.ts';
import { readQueue } from '../library.ts';
import { openExistingQueue } from '../queue-access.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { WorkDisplay } from '../render/work-display.ts';
import { untilWorkComes } from '../until-work-comes.ts';
import type { Standing, WorkableQueue } from '../work-item.ts';
import { planOf } from '../work-plan.ts';
import { workRound } from '../work-round.ts';
import type { RoundResult } from '../work-round.ts';

const DEFAULT_RETRIES = 3;

/** Works a queue of values off: until it is empty, or, to follow it, until it is told to end. */
export async function workOnValues(surroundings: Surroundings, call: Call<WorkOptions>, display: WorkDisplay): Promise<number> {
  return call.options.follow ? follow(surroundings, call, display) : (await runRound(surroundings, call, display)).exitCode;
}

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
  const exitCode = await finishRound(display, result);
  return { exitCode, ended: result.stopped !== undefined || result.summary.report.interrupted !== null };
}

async function workOnce(surroundings: Surroundings, call: Call<WorkOptions>, display: WorkDisplay): Promise<RoundResult> {
  const { directory, options } = call;
  const { clock, err } = surroundings;
  // Opening would begin a new run, and clear a finished load away that somebody may want to look at.
  const nothing = await nothingToDo(directory);
  if (nothing) return nothing;
  const maxAttempts = options.retries ?? DEFAULT_RETRIES;
  const queue = await openExistingQueue(directory, { waitMs: options.wait, clock, err, maxAttempts });
  try {
    return await workRound(untilEmpty(queue), await planOf(surroundings, call, maxAttempts), display);
  } finally {
    await queue.dispose();
  }
}

/**
 * A queue that ends when nothing is left, closed or not: nobody else can put while we own it, so waiting would be for
 * ever.
 */
function untilEmpty(queue: PersistentQueue<unknown>): WorkableQueue {
  return { maxAttempts: queue.maxAttempts, next: () => queue.tryGet(), standing: async () => standingOf(await queue.counts()) };
}

/** The result of a round in a queue in which nothing is left and that nobody has; undefined if there is work. */
async function nothingToDo(directory: string): Promise<RoundResult | undefined> {
  const reader = await readQueue(directory);
  for await (const _ of reader.outstanding()) return undefined;
  const { counts, holder } = await reader.status();
  if (counts.waiting + counts.taken > 0 || holder?.alive) return undefined;
  const report = { taken: 0, done: 0, failed: 0, retried: 0, released: 0, lost: 0, interrupted: null, durationMs: 0 };
  return { summary: { directory, report, ...standingOf(counts), failedBefore: counts.failed }, stopped: undefined };
}

function standingOf(counts: Awaited<ReturnType<PersistentQueue<unknown>['counts']>>): Standing {
  return { counts: { ...counts }, left: counts.waiting + counts.taken, failed: counts.failed };
}
