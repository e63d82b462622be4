import { formatTaskRecord } from '../formats/task-record.ts';
import { parsePlace, type TaskPlace } from '../machines/task-place.ts';
import type { DamagedTask, SeenTask, TaskClaim } from '../stores/store.ts';
import { endOrRelease } from './end-or-release.ts';
import { withLost } from './start-task.ts';
import { TaskLockedError, TaskNotReadyError } from './task-errors.ts';
import { unreadableError } from './unreadable-error.ts';
import { nowOf, type TrackerGround } from './tracker-ground.ts';

/**
 * Puts a task back to pending, due at once, its failures forgotten and its errors kept. `none` if there is no such task,
 * `unwanted` if it is not one of those that are meant; then nothing was changed.
 * @throws TaskLockedError while somebody has it, TaskNotReadyError if it is in another step, DamagedRecordError
 */
export async function reopenTask(
  ground: TrackerGround,
  id: string,
  isWanted: (seen: SeenTask) => boolean = () => true,
): Promise<'reopened' | 'none' | 'unwanted'> {
  const { store, places, useCase } = ground;
  for (;;) {
    const seen = await readTask(ground, id);
    if (seen === undefined) return 'none';
    if (!isWanted(seen)) return 'unwanted';
    if (!places.isOwn(seen.place) && !places.isBefore(seen.place)) throw new TaskNotReadyError(useCase, id, seen.place);
    const claim = await claimFree(ground, seen);
    if (claim === undefined) continue;
    const record = { ...withLost(ground, seen), failures: 0, notBefore: undefined, outputs: undefined, updatedAt: nowOf(ground) };
    const end = (): Promise<boolean> => store.settle(claim, pendingAgain(ground, seen), formatTaskRecord(record));
    if (await endOrRelease(store, claim, end)) return 'reopened';
  }
}

/** Whoever ran it died: that was a failure. */
function pendingAgain({ places }: TrackerGround, { place }: SeenTask): TaskPlace {
  const { status = 'pending' } = parsePlace(place) ?? {};
  return status === 'pending' ? places.of('pending') : places.after(status === 'running' ? 'failed' : status, 'reopen');
}

/**
 * Deletes a task, one whose record can't be read too; of one whose file somebody removed, what is left: that its id is taken.
 * False if there is none.
 * @throws TaskLockedError while somebody has it, DamagedRecordError for what is no file
 */
export async function deleteTask(ground: TrackerGround, id: string): Promise<boolean> {
  const { store, places } = ground;
  for (;;) {
    const seen = await store.read(id);
    if (seen === undefined) return store.freeLostId(id);
    if (seen.kind === 'damaged') {
      if (seen.version === undefined) throw unreadableError(seen);
      assertFree(ground, seen);
      if (await store.discardDamaged(seen, places.of('running'))) return true;
      continue;
    }
    const claim = await claimFree(ground, seen);
    if (claim !== undefined && (await endOrRelease(store, claim, () => store.discard(claim)))) return true;
  }
}

/** One task; undefined if there is none of that id. @throws DamagedRecordError */
export async function readTask({ store }: TrackerGround, id: string): Promise<SeenTask | undefined> {
  const seen = await store.read(id);
  if (seen?.kind === 'damaged') throw unreadableError(seen);
  return seen;
}

/** Undefined if it is no longer as it was seen. */
async function claimFree(ground: TrackerGround, seen: SeenTask): Promise<TaskClaim | undefined> {
  assertFree(ground, seen);
  return ground.store.claim(seen, ground.places.of('running'), { aside: true });
}

/** @throws TaskLockedError */
function assertFree({ useCase }: TrackerGround, { id, holder }: SeenTask | DamagedTask): void {
  if (holder !== undefined && holder.standing !== 'dead') throw new TaskLockedError(useCase, id, holder.consumer);
}
