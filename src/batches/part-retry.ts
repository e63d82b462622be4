import { formatTaskRecord } from '../formats/task-record.ts';
import type { SeenTask } from '../stores/store.ts';
import { recordOf } from '../tasks/task.ts';
import { createParts } from './announce.ts';
import { type BatchGround, partNumber, REDUCE } from './batch-ground.ts';
import { countdownOf } from './batch-plan.ts';
import { findDamagedParts } from './damaged-parts.ts';
import { assertNotFailed, findVerdict, readVerdict } from './verdict.ts';

/**
 * Puts back to work, due at once, what failed or was given up: parts; or the reduce, once all parts have succeeded. Parts that
 * can't be read, or are gone, are made anew. Gives how many that was. A stop leaves some of them as they were.
 * @throws BatchFailedError
 */
export async function retryParts(ground: BatchGround): Promise<number> {
  await findVerdict(ground);
  await assertNotFailed(ground);
  const found = await ground.tasks.list({ places: ['failed', 'ignored'], order: 'id', limit: Number.MAX_SAFE_INTEGER });
  let count = 0;
  for (const seen of found) if (seen.kind === 'task' && (await reopen(ground, seen))) count += 1;
  const damaged = found.filter(({ kind, id }) => kind === 'damaged' && id !== REDUCE).map(({ id }) => id);
  count += await remake(ground, new Set([...damaged, ...(await findDamagedParts(ground)).map(({ partId }) => partId)]));
  // It may have been decided meanwhile: then they are not for anybody.
  await assertNotFailed(ground);
  return count;
}

/** Of what is left of them nothing is kept. A stop leaves parts that are not there, which the next retry makes. */
async function remake(ground: BatchGround, ids: Iterable<string>): Promise<number> {
  const { tasks, shelf, plan } = ground;
  // Then they are for nobody any more.
  if ((await readVerdict(ground)) !== undefined) return 0;
  const gone = new Set<string>();
  for (const id of ids) {
    const seen = await tasks.read(id);
    // What was a result may be read by a person yet.
    if (seen?.kind === 'task' || seen?.place === 'succeeded') continue;
    if (seen === undefined) await tasks.freeLostId(id);
    // A copy that a hand put beside a sound one goes alone.
    else if (!(await tasks.discardDamaged(seen, 'running')) || (await tasks.read(id)) !== undefined) continue;
    // It may have been counted down before.
    await countdownOf(shelf, plan).restore(Number(id));
    gone.add(id);
  }
  return createParts(ground, gone);
}

/** Claimed first: as long as somebody has it the batch is not decided. A stop leaves it to whoever takes it over. */
async function reopen(ground: BatchGround, seen: SeenTask): Promise<boolean> {
  const { tasks, shelf, plan, clock } = ground;
  const claim = await tasks.claim(seen, 'running');
  if (claim === undefined) return false;
  const index = partNumber(seen.id);
  if ((await readVerdict(ground)) !== undefined && seen.id !== REDUCE) {
    await tasks.release(claim);
    return false;
  }
  // One that was given up was counted down. If that was the last, its next end finds that nothing is left, too.
  if (index !== undefined && seen.place === 'ignored') await countdownOf(shelf, plan).restore(index);
  const { lost, ...record } = recordOf(seen);
  const again = { ...record, attempts: record.attempts + lost, failures: 0, notBefore: undefined, outputs: undefined };
  return tasks.settle(claim, 'pending', formatTaskRecord({ ...again, updatedAt: clock.wall().toISOString() }));
}
