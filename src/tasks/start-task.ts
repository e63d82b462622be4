import { formatTaskRecord, type TaskRecord, withError } from '../formats/task-record.ts';
import type { TaskStatus } from '../machines/task-lifecycle.ts';
import { parsePlace } from '../machines/task-place.ts';
import type { SeenTask, TaskClaim } from '../stores/store.ts';
import { endOrRelease } from './end-or-release.ts';
import {
  type TaskRefusedError,
  TaskIgnoredError,
  TaskLockedError,
  TaskNotDueError,
  TaskNotFoundError,
  TaskNotReadyError,
  TaskSucceededError,
} from './task-errors.ts';
import { recordOf } from './task.ts';
import { unreadableError } from './unreadable-error.ts';
import { nowOf, type TrackerGround } from './tracker-ground.ts';

/** A task that was started. */
export interface Started {
  readonly claim: TaskClaim;
  /** As it was before: attempts that died with their process are counted in it. */
  readonly record: TaskRecord;
}

/** How often it is looked again when somebody was faster. */
const MOST_TRIES = 20;

/**
 * Starts a task: one claim decides. A stop after it leaves a task whose holder is found dead, and the attempt counts.
 * @param more codes of other steps that it may be started from, this time
 * @throws TaskRefusedError, and then nothing was changed; DamagedRecordError
 */
export async function startTask(ground: TrackerGround, id: string, more: readonly number[] = []): Promise<Started> {
  for (let tries = 1; ; tries += 1) {
    const seen = await ground.store.read(id);
    if (seen === undefined) throw new TaskNotFoundError(ground.useCase, id);
    if (seen.kind === 'damaged') throw unreadableError(seen);
    const refusal = whyNot(ground, seen, more);
    if (refusal !== undefined) throw refusal;
    const started = await startSeen(ground, seen);
    if (started !== undefined) return started;
    if (tries === MOST_TRIES) throw new TaskLockedError(ground.useCase, id, 'somebody else');
  }
}

/** Why a task as it was seen can't be started now; undefined if it can. */
export function whyNot(ground: TrackerGround, seen: SeenTask, more: readonly number[] = []): TaskRefusedError | undefined {
  const { useCase, places, clock, isEarly = false } = ground;
  const { id, place, holder } = seen;
  if (holder !== undefined && holder.standing !== 'dead') return new TaskLockedError(useCase, id, holder.consumer);
  const status = parsePlace(place)?.status;
  if (!places.isOwn(place)) return places.isBefore(place, more) ? undefined : new TaskNotReadyError(useCase, id, place);
  if (status === 'succeeded') return new TaskSucceededError(useCase, id);
  if (status === 'ignored') return new TaskIgnoredError(useCase, id);
  const { notBefore } = recordOf(seen);
  if (notBefore !== undefined && !isEarly && status !== 'running' && Date.parse(notBefore) > clock.wall().getTime())
    return new TaskNotDueError(useCase, id, notBefore);
  return undefined;
}

/** Takes it as it was seen; undefined if somebody was faster. @throws TaskIgnoredError if it killed its process too often */
export async function startSeen(ground: TrackerGround, seen: SeenTask): Promise<Started | undefined> {
  const { store, places, maxAttempts, useCase } = ground;
  // To this step, what another one ended with is pending.
  const status = places.isOwn(seen.place) ? statusOf(seen) : 'pending';
  const claim = await store.claim(seen, places.after(status, status === 'running' ? 'expire' : 'start'));
  if (claim === undefined) return undefined;
  const record = withLost(ground, seen);
  const died = record.failures - recordOf(seen).failures;
  if (died <= 0 || record.failures < maxAttempts) return { claim, record };
  // It would go on killing whoever takes it.
  const ignored = formatTaskRecord({ ...record, updatedAt: nowOf(ground), notBefore: undefined, outputs: undefined });
  await endOrRelease(store, claim, () => store.settle(claim, places.after('running', 'giveUp'), ignored));
  throw new TaskIgnoredError(useCase, seen.id);
}

function statusOf({ place }: SeenTask): TaskStatus {
  return parsePlace(place)?.status ?? 'pending';
}

/** The record of a task with the attempts that died with their process: they are failures like others, and each is told of. */
export function withLost(ground: TrackerGround, seen: SeenTask): TaskRecord {
  const { lost, ...record } = recordOf(seen);
  // Another step begins anew, but for what the task went through.
  const own: TaskRecord = ground.places.isOwn(seen.writtenIn) ? record : { ...record, failures: 0, notBefore: undefined };
  let all: TaskRecord = own;
  for (let died = 1; died <= lost; died += 1) {
    const attempt = own.attempts + died;
    // It happened elsewhere, so there is no stack.
    const message = `the process of attempt ${attempt} ended before the attempt did`;
    all = withError(all, { name: 'KilledError', message, attempt, at: nowOf(ground) });
  }
  return { ...all, attempts: own.attempts + lost, failures: own.failures + lost };
}
