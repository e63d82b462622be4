import { formatTaskRecord } from '../formats/task-record.ts';
import type { DamagedTask, SeenTask } from '../stores/store.ts';
import { endOrRelease } from '../tasks/end-or-release.ts';
import { recordOf } from '../tasks/task.ts';
import { createParts } from './announce.ts';
import { BatchDamagedError, type DamagedPart } from './batch-damaged-error.ts';
import { type BatchGround, isPart, REDUCE } from './batch-ground.ts';
import { damageOf, findDamagedParts, inOrder } from './damaged-parts.ts';
import { assertNotFailed, findVerdict, readVerdict } from './verdict.ts';

/**
 * Puts back to work, due at once, what failed or was given up: parts; or the reduce, once all parts have succeeded. Parts that
 * can't be read, or are gone, are made anew, and once all had succeeded those too whose results can't be read. Gives how many that was. A stop leaves some of them as they were.
 * @throws BatchFailedError; BatchDamagedError, once all others are back, that names what is left alone: what is no file, or of a newer format
 */
export async function retryParts(ground: BatchGround): Promise<number> {
  await findVerdict(ground);
  await assertNotFailed(ground);
  const skips = (id: string): boolean => id !== REDUCE && !isPart(ground, id);
  const found = await ground.tasks.list({ places: ['failed', 'ignored'], order: 'id', limit: Number.MAX_SAFE_INTEGER, skips });
  let count = 0;
  const succeeded = new Set(await ground.tasks.ids(['succeeded']));
  for (const seen of found) if (seen.kind === 'task' && !succeeded.has(seen.id) && (await reopen(ground, seen))) count += 1;
  const damaged = found.filter((seen) => seen.kind === 'damaged');
  for (const copy of damaged) if (succeeded.has(copy.id)) await removeCopy(ground, copy);
  const ids = [...damaged.map(({ id }) => id), ...(await findDamagedParts(ground)).map(({ partId }) => partId)];
  const remade = await remake(ground, new Set(ids));
  count += remade.count;
  // It may have been decided meanwhile: then they are not for anybody.
  await assertNotFailed(ground);
  if (remade.left.length > 0) throw new BatchDamagedError(ground.id, remade.left);
  return count;
}

/** What a hand put beside one that has succeeded, and can't be read, goes alone. */
async function removeCopy({ tasks }: BatchGround, copy: DamagedTask): Promise<void> {
  if (copy.version !== undefined && (await tasks.read(copy.id))?.kind === 'task') await tasks.discardDamaged(copy, 'running');
}

/** Of what is left of them nothing is kept. A stop leaves parts that are not there, which the next retry makes. */
async function remake(
  ground: BatchGround,
  ids: Iterable<string>,
): Promise<{ readonly count: number; readonly left: readonly DamagedPart[] }> {
  const { tasks } = ground;
  const gone = new Set<string>();
  const left: (DamagedPart | undefined)[] = [];
  for (const id of ids) {
    const seen = await tasks.read(id);
    // What the reduce came to is not to be found out twice.
    if (seen?.kind === 'task' || (id === REDUCE && seen?.place === 'succeeded')) continue;
    if (seen !== undefined && seen.version === undefined) {
      left.push(damageOf(id, seen));
      continue;
    }
    if (seen === undefined) await tasks.freeLostId(id);
    // A copy that a hand put beside a sound one goes alone.
    else if (!(await tasks.discardDamaged(seen, 'running')) || (await tasks.read(id)) !== undefined) continue;
    gone.add(id);
  }
  const parts = await createParts(ground, gone);
  if (gone.has(REDUCE)) await findVerdict(ground);
  return { count: parts + (gone.has(REDUCE) ? 1 : 0), left: inOrder(left) };
}

/**
 * Taken aside first: as long as somebody has it the batch is not decided. A stop leaves it as it was, and is no attempt. It stays
 * counted down: its next end finds that all of that is gone, if it is the last, and decides.
 */
async function reopen(ground: BatchGround, seen: SeenTask): Promise<boolean> {
  const { tasks, clock } = ground;
  const claim = await tasks.claim(seen, 'running', { aside: true });
  if (claim === undefined) return false;
  return endOrRelease(tasks, claim, async () => {
    if ((await readVerdict(ground))?.kind === 'failed') {
      await tasks.release(claim);
      return false;
    }
    const { lost, ...record } = recordOf(seen);
    const again = { ...record, attempts: record.attempts + lost, failures: 0, notBefore: undefined, outputs: undefined };
    const fields = formatTaskRecord({ ...again, updatedAt: clock.wall().toISOString() });
    return tasks.settle(claim, 'pending', fields);
  });
}
