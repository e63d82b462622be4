import { describeFailure, type FailureReason, isPermanent } from '../formats/failure-reason.ts';
import { dataAs, formatTaskRecord, type TaskError, type TaskRecord, withError } from '../formats/task-record.ts';
import { backoffMs } from '../machines/retry-policy.ts';
import { afterFailedAttempt } from '../machines/task-lifecycle.ts';
import type { Attempt } from './attempt.ts';
import { endOrRelease } from './end-or-release.ts';
import type { Started } from './start-task.ts';
import { copyOf } from './task-data.ts';
import { nowOf, type TrackerGround } from './tracker-ground.ts';

/** What a success is to write down; its outputs are safe then. Decides nothing. @throws what the data, or an output, is refused for */
export async function successOf<T>(ground: TrackerGround, { record }: Started, attempt: Attempt<T>): Promise<TaskRecord> {
  const data = copyOf(await ground.valid(attempt.data));
  const outputs = await ground.outputs.secure(await attempt.outputs());
  return { ...record, data, attempts: attempt.number, failures: 0, updatedAt: nowOf(ground), notBefore: undefined, outputs };
}

/**
 * Ends an attempt well: its data and its outputs are there, all of it or nothing. What the disk refuses to write makes it
 * one that failed. A stop before it is decided leaves a task whose holder is found dead; a stop after that a success.
 * @throws ClaimLostError if somebody took the task over meanwhile, and then nothing was changed; DiskError
 */
export async function succeed<T>(ground: TrackerGround, started: Started, attempt: Attempt<T>, success: TaskRecord): Promise<void> {
  const { store, places, outputs } = ground;
  await attempt.end();
  const settle = (): Promise<boolean> => store.settle(started.claim, places.after('running', 'succeed'), formatTaskRecord(success));
  const isSettled = await settle().catch(async (error: unknown) => {
    // If it is not ours any more it is decided, and on its way: a repeat goes on with that.
    if (!started.claim.isOurs()) return settle();
    await failed(ground, started, attempt, error);
    throw error;
  });
  if (isSettled) return attempt.show(dataAs<T>(success.data));
  await outputs.discard(await attempt.outputs());
  throw lost(attempt);
}

/**
 * Ends an attempt that failed: its data is dropped, but for what a checkpoint wrote down. If the disk does not even take
 * that, the task is given back.
 * @throws ClaimLostError, DiskError
 */
export async function failed<T>(ground: TrackerGround, started: Started, attempt: Attempt<T>, error: unknown): Promise<void> {
  const { store, places, maxAttempts, outputs } = ground;
  const { claim, record } = started;
  await attempt.end();
  attempt.show(attempt.kept);
  await outputs.discard(await attempt.outputs());
  const failures = record.failures + 1;
  const event = afterFailedAttempt(failures, maxAttempts, isPermanent(error));
  const notBefore = event === 'giveUp' ? undefined : dueAgain(ground, failures);
  const base = {
    ...record,
    data: attempt.kept,
    attempts: attempt.number,
    failures,
    updatedAt: nowOf(ground),
    notBefore,
    outputs: undefined,
  };
  const told = withError(base, taskError(error, attempt.number, nowOf(ground)));
  const place = places.after('running', event);
  if (await endOrRelease(store, claim, () => store.settle(claim, place, formatTaskRecord(told)))) return;
  throw lost(attempt, { cause: error });
}

/**
 * Gives a task back: this was no attempt. What a checkpoint wrote down stays.
 * @throws ClaimLostError, DiskError
 */
export async function giveBack<T>(ground: TrackerGround, started: Started, attempt: Attempt<T>): Promise<void> {
  await attempt.end();
  attempt.show(attempt.kept);
  await ground.outputs.discard(await attempt.outputs());
  if (!(await ground.store.release(started.claim))) throw lost(attempt);
}

/** Whoever still works on it is told. */
function lost<T>(attempt: Attempt<T>, options?: ErrorOptions): Error {
  const error = attempt.lostError(options);
  attempt.lose(error);
  return error;
}

function dueAgain({ backoff, chance, clock }: TrackerGround, failures: number): string | undefined {
  const waitMs = backoff === undefined ? 0 : backoffMs(failures, backoff, chance());
  return waitMs === 0 ? undefined : new Date(clock.wall().getTime() + waitMs).toISOString();
}

function taskError(error: unknown, attempt: number, at: string): TaskError {
  const cause: FailureReason | undefined = error instanceof Error && error.cause !== undefined ? describeFailure(error.cause) : undefined;
  return { ...describeFailure(error), attempt, at, ...(cause !== undefined && { cause }) };
}
