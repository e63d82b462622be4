import type { TaskPlace } from '../machines/task-place.ts';
import type { DamagedTask, SeenTask } from '../stores/store.ts';
import type { DamagedPart } from './batch-damaged-error.ts';
import type { BatchGround } from './batch-ground.ts';
import { isMarked } from './batch-mark.ts';
import { readVerdict } from './verdict.ts';

/** While more parts are left than that, who only looks looks for those that are gone: others are found by who works on them. */
const MOST_READ = 256;

const LEFT: readonly TaskPlace[] = ['pending', 'running', 'failed'];
const SETTLED: readonly TaskPlace[] = ['succeeded', 'ignored'];

/**
 * The parts that are not settled and can't be, in order: as long as they are, nothing is decided. None before all were made, nor
 * once it is decided. A pass or two over names, and if 256 parts are left or fewer a record each. Changes nothing.
 */
export async function damagedParts(ground: BatchGround): Promise<DamagedPart[]> {
  if (!(await mayHaveDamage(ground))) return [];
  const { left, gone } = await namesOf(ground);
  const seen = left.size > MOST_READ ? [] : await ground.tasks.list({ places: LEFT, order: 'any', limit: 2 * MOST_READ });
  const found = [...gone.map((id) => damageOf(id, undefined)), ...seen.map((one) => damageOf(one.id, one))];
  return found.filter((damage) => damage !== undefined).sort((one, other) => Number(one.partId) - Number(other.partId));
}

/** The same, however many are left; what a stop left open is brought to its end. */
export async function findDamagedParts(ground: BatchGround): Promise<DamagedPart[]> {
  if (!(await mayHaveDamage(ground))) return [];
  const { left, gone } = await namesOf(ground);
  const found: DamagedPart[] = [];
  for (const id of [...left, ...gone].sort((one, other) => Number(one) - Number(other))) {
    const damage = damageOf(id, await ground.tasks.read(id));
    if (damage !== undefined) found.push(damage);
  }
  return found;
}

async function mayHaveDamage(ground: BatchGround): Promise<boolean> {
  return (await readVerdict(ground)) === undefined && isMarked(ground, 'announced');
}

/** How often one is looked for that was seen nowhere: what moves while places are gone through may be in none of them. */
const MOST_LOOKS = 3;

/** Parts by their names: those that are not settled, and those that are nowhere. */
async function namesOf({ tasks, plan }: BatchGround): Promise<{ readonly left: ReadonlySet<string>; readonly gone: readonly string[] }> {
  let gone = Array.from({ length: plan.total }, (_, index) => String(index));
  let left = new Set<string>();
  for (let looks = 0; looks < MOST_LOOKS && gone.length > 0; looks += 1) {
    left = new Set(await tasks.ids(LEFT));
    const settled = new Set(await tasks.ids(SETTLED));
    gone = gone.filter((id) => !left.has(id) && !settled.has(id));
  }
  return { left, gone };
}

/** Undefined for one that is sound, or that somebody has who may end it all the same. */
function damageOf(partId: string, seen: SeenTask | DamagedTask | undefined): DamagedPart | undefined {
  if (seen === undefined) return { partId, path: null, reason: 'its file is gone' };
  if (seen.kind === 'task' || (seen.holder !== undefined && seen.holder.standing !== 'dead')) return undefined;
  return { partId, path: seen.path, reason: seen.reason };
}
