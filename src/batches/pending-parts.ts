import { parsePlace } from '../machines/task-place.ts';
import { type BatchGround, isPart } from './batch-ground.ts';
import { findVerdict, readVerdict } from './verdict.ts';

/** The ids of the parts that are not settled, in order; of a batch that has failed, of all that did not succeed. One pass over names. */
export async function pendingParts(ground: BatchGround): Promise<string[]> {
  const { tasks, plan } = ground;
  const isOver = (await readVerdict(ground))?.kind === 'failed';
  const settled = new Set(await tasks.ids(isOver ? ['succeeded'] : ['succeeded', 'ignored']));
  return Array.from({ length: plan.total }, (_, index) => String(index)).filter((id) => !settled.has(id));
}

/**
 * Whether any part may yet be settled, asked when none was found: one that moves while folders are looked through, one after
 * the other, may be met in none of them. A part that is gone or can't be read is not waited for.
 */
export async function hasUnsettled(ground: BatchGround): Promise<boolean> {
  const verdict = await findVerdict(ground);
  if (verdict?.kind === 'failed') return false;
  // Once all had succeeded those alone are left that were made anew since.
  const left = verdict === undefined ? await pendingParts(ground) : await ground.tasks.ids(['pending', 'running', 'failed']);
  for (const id of left) if (isPart(ground, id) && (await isUnsettled(ground, id))) return true;
  return false;
}

/** Whether a part, or the reduce, may yet be settled. */
export async function isUnsettled({ tasks }: BatchGround, id: string): Promise<boolean> {
  const seen = await tasks.read(id);
  // Who has it can end it, whatever became of its record.
  if (seen?.kind === 'damaged') return seen.holder !== undefined && seen.holder.standing !== 'dead';
  const status = seen && parsePlace(seen.place)?.status;
  return status === 'pending' || status === 'running' || status === 'failed';
}
