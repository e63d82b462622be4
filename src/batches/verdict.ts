import { formatVerdict, parseVerdict, type Verdict } from '../formats/batch-record.ts';
import { formatTaskRecord, newTaskRecord, parseTaskRecord } from '../formats/task-record.ts';
import { parsePlace, type TaskPlace } from '../machines/task-place.ts';
import { BatchFailedError } from './batch-errors.ts';
import { type BatchGround, isPart, isThere, REDUCE } from './batch-ground.ts';
import { markName } from './batch-mark.ts';
import { countdownOf } from './batch-plan.ts';

export async function readVerdict({ shelf, plan }: BatchGround): Promise<Verdict | undefined> {
  const fields = await shelf.read(markName('verdict', plan));
  return fields && parseVerdict(fields);
}

/** @throws BatchFailedError */
export async function assertNotFailed(ground: BatchGround): Promise<void> {
  const verdict = await readVerdict(ground);
  if (verdict?.kind === 'failed') throw new BatchFailedError(ground.id, verdict.reason);
}

/** Decides that the batch has failed: false if it was decided before. */
export function decideFailed(ground: BatchGround, reason: string): Promise<boolean> {
  return write(ground, { kind: 'failed', at: ground.clock.wall().toISOString(), reason });
}

/**
 * A part has got where it ends, and that is not final yet: it is counted down, and with the last one it is decided what
 * becomes of the batch. A stop anywhere in here has whoever finds the part come here again.
 *
 * One that is put back to work stays counted down. Whoever comes last finds all the same that nothing is left: it is told that each
 * time, and its part is in its place by then, as are those of all who came before. Who comes earlier finds that others are not.
 */
export async function partSettled(ground: BatchGround, id: string, place: TaskPlace): Promise<void> {
  if (!isPart(ground, id) || !isSettled(place)) return;
  if (await countdownOf(ground.shelf, ground.plan).finish(Number(id))) await decide(ground);
}

function isSettled(place: TaskPlace): boolean {
  const status = parsePlace(place)?.status;
  return status === 'succeeded' || status === 'ignored';
}

/**
 * Decides what becomes of the batch, if its parts are all settled and nothing is decided yet; gives what is decided.
 * Repeating it changes nothing. One pass over names, unless it is seen sooner that a part is left.
 */
export async function decide(ground: BatchGround): Promise<Verdict | undefined> {
  const before = await readVerdict(ground);
  if (before === undefined) {
    // What is counted down may be gone because all of it is; and what was given up may be back at work.
    if (await isPartLeft(ground)) return undefined;
    const { succeeded, ignored } = await settledParts(ground);
    if (succeeded + ignored < ground.plan.total || !(await isThere(ground))) return undefined;
    if (ignored > 0) await decideFailed(ground, await reasonOfPart(ground));
    else await write(ground, { kind: 'reduce', at: ground.clock.wall().toISOString() });
  }
  const verdict = before ?? (await readVerdict(ground));
  if (verdict?.kind === 'reduce') await createReduce(ground);
  return verdict;
}

/** What is decided, once all that a stop left open is brought to its end. */
export async function findVerdict(ground: BatchGround): Promise<Verdict | undefined> {
  const verdict = await readVerdict(ground);
  if (verdict !== undefined) return verdict.kind === 'reduce' ? decide(ground) : verdict;
  // To read one ends what somebody who died had begun to settle.
  for (const id of await ground.tasks.ids(['running'])) await ground.tasks.read(id);
  return decide(ground);
}

/**
 * Whether there is a part that is to be worked on yet, as far as one look tells: its end decides. Else each end of one that was put
 * back to work would go through all names. What somebody has is passed over: its end may be told right here.
 */
async function isPartLeft(ground: BatchGround): Promise<boolean> {
  const { tasks } = ground;
  const had = new Set(await tasks.ids(['running']));
  const skips = (id: string): boolean => !isPart(ground, id) || had.has(id);
  const [left] = await tasks.list({ places: ['pending', 'failed'], order: 'any', limit: 1, skips });
  const seen = left && (await tasks.read(left.id));
  // What a hand copied there of one that has ended is no work.
  return seen !== undefined && !isSettled(seen.place);
}

async function write({ shelf, plan }: BatchGround, verdict: Verdict): Promise<boolean> {
  return shelf.create(markName('verdict', plan), formatVerdict(verdict));
}

/**
 * By their ids: one that was given up, is put back to work and succeeds while folders are looked through is met in both. What
 * has succeeded stays so, and is looked at last.
 */
async function settledParts(ground: BatchGround): Promise<{ readonly succeeded: number; readonly ignored: number }> {
  const { tasks } = ground;
  const ignored = new Set((await tasks.ids(['ignored'])).filter((id) => isPart(ground, id)));
  const succeeded = (await tasks.ids(['succeeded'])).filter((id) => isPart(ground, id));
  for (const id of succeeded) ignored.delete(id);
  return { succeeded: succeeded.length, ignored: ignored.size };
}

/** The reduce is a task like others: attempts, lease, errors. */
async function createReduce({ tasks, clock }: BatchGround): Promise<void> {
  await tasks.create(REDUCE, 'pending', formatTaskRecord(newTaskRecord(null, clock.wall().toISOString())));
}

/** Which part was given up first, and why. */
export async function reasonOfPart(ground: BatchGround): Promise<string> {
  const skips = (id: string): boolean => !isPart(ground, id);
  const [given] = await ground.tasks.list({ places: ['ignored'], order: 'oldest', limit: 1, skips });
  const error = given?.kind === 'task' ? parseTaskRecord(given.fields).errors.at(-1) : undefined;
  return `part ${given?.id ?? ''} was given up${error === undefined ? '' : `: ${error.message}`}`;
}
