import { parsePlace, type TaskPlace } from '../machines/task-place.ts';
import type { DamagedTask, SeenTask } from '../stores/store.ts';
import type { DamagedPart } from './batch-damaged-error.ts';
import { type BatchGround, isPart, isThere, partNumber, REDUCE } from './batch-ground.ts';
import { isMarked } from './batch-mark.ts';
import { findVerdict, readVerdict } from './verdict.ts';

/** While more are to be read than that, who only looks reads none: they are told of by who works on them. */
const MOST_READ = 256;

/** So many are read at the same time. */
const IN_FLIGHT = 64;

const LEFT: readonly TaskPlace[] = ['pending', 'running', 'failed'];
const SETTLED: readonly TaskPlace[] = ['succeeded', 'ignored'];

/**
 * What is damaged, or gone, so that the batch gets to no end, in order: parts that are left, and once all have succeeded also what
 * the reduce is to read, and its own record. Of parts that are gone all, of others those of no more than 256. None before all
 * were made, nor once the batch is done or has failed. Passes over names, and a look at no more than 256 that are in none.
 */
export async function damagedParts(ground: BatchGround): Promise<DamagedPart[]> {
  const stage = await stageOf(ground);
  if (stage === undefined) return [];
  const { left, settled, gone } = await namesOf(ground);
  const skips = (id: string): boolean => id !== REDUCE && !isPart(ground, id);
  const places = [...(left.size > MOST_READ ? [] : LEFT), ...(stage === 'parts' || settled.size > MOST_READ ? [] : SETTLED)];
  const seen = places.length === 0 ? [] : await ground.tasks.list({ places, order: 'any', limit: 4 * MOST_READ, skips });
  // What is no file lies in the place of one, and is passed over among names.
  const looked = await readThose(ground, gone.slice(0, MOST_READ));
  const unseen = gone.slice(MOST_READ).map((id) => damageOf(id, undefined));
  return inOrder([...looked, ...unseen, ...seen.map((one) => damageOf(one.id, one))]);
}

/** The same, however many there are; what a stop left open is brought to its end. */
export async function findDamagedParts(ground: BatchGround): Promise<DamagedPart[]> {
  const stage = await stageOf(ground);
  if (stage === undefined) return [];
  // The reduce is made with it, if a stop came before that.
  await findVerdict(ground);
  const { left, settled, gone } = await namesOf(ground);
  const ids = [...new Set([...left, ...gone, ...(stage === 'parts' ? [] : [...settled, REDUCE])])];
  return inOrder(await readThose(ground, ids));
}

async function readThose({ tasks }: BatchGround, ids: readonly string[]): Promise<(DamagedPart | undefined)[]> {
  const found: (DamagedPart | undefined)[] = [];
  for (let start = 0; start < ids.length; start += IN_FLIGHT) {
    const reading = ids.slice(start, start + IN_FLIGHT).map(async (id) => damageOf(id, await tasks.read(id)));
    found.push(...(await Promise.all(reading)));
  }
  return found;
}

/** What keeps the reduce, which has been made, from its end; undefined if nothing does, or the batch is gone. */
export async function damageOfReduce(ground: BatchGround): Promise<DamagedPart | undefined> {
  const seen = await ground.tasks.read(REDUCE);
  const damage = seen?.place === 'succeeded' ? undefined : damageOf(REDUCE, seen);
  return damage !== undefined && (await isThere(ground)) ? damage : undefined;
}

/** What is yet to come; undefined if nothing is, or it is not known yet which parts there are. */
async function stageOf(ground: BatchGround): Promise<'parts' | 'reduce' | undefined> {
  const verdict = await readVerdict(ground);
  if (verdict === undefined) return (await isMarked(ground, 'announced')) ? 'parts' : undefined;
  if (verdict.kind === 'failed') return undefined;
  const reduce = await ground.tasks.read(REDUCE);
  return reduce && parsePlace(reduce.place)?.status === 'succeeded' ? undefined : 'reduce';
}

/** How often one is looked for that was seen nowhere: what moves while places are gone through may be in none of them. */
const MOST_LOOKS = 3;

interface PartNames {
  readonly left: ReadonlySet<string>;
  readonly settled: ReadonlySet<string>;
  /** Those that are nowhere. */
  readonly gone: readonly string[];
}

async function namesOf(ground: BatchGround): Promise<PartNames> {
  const { tasks, plan } = ground;
  const parts = async (places: readonly TaskPlace[]): Promise<ReadonlySet<string>> =>
    new Set((await tasks.ids(places)).filter((id) => isPart(ground, id)));
  let gone = Array.from({ length: plan.total }, (_, index) => String(index));
  let left: ReadonlySet<string> = new Set();
  let settled: ReadonlySet<string> = new Set();
  for (let looks = 0; looks < MOST_LOOKS && gone.length > 0; looks += 1) {
    left = await parts(LEFT);
    settled = await parts(SETTLED);
    gone = gone.filter((id) => !left.has(id) && !settled.has(id));
  }
  return { left, settled, gone };
}

/** Undefined for one that is sound, or that somebody has who may end it all the same. */
export function damageOf(partId: string, seen: SeenTask | DamagedTask | undefined): DamagedPart | undefined {
  if (seen === undefined) return { partId, path: null, reason: 'its file is gone' };
  if (seen.kind === 'task' || (seen.holder !== undefined && seen.holder.standing !== 'dead')) return undefined;
  return { partId, path: seen.path, reason: seen.reason };
}

/** By their numbers, the reduce last. */
export function inOrder(found: readonly (DamagedPart | undefined)[]): DamagedPart[] {
  const rank = ({ partId }: DamagedPart): number => partNumber(partId) ?? Infinity;
  return found.filter((damage) => damage !== undefined).sort((one, other) => rank(one) - rank(other));
}
