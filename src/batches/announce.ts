import { formatTaskRecord, newTaskRecord } from '../formats/task-record.ts';
import { assertThere, type BatchGround } from './batch-ground.ts';
import { isMarked, setMark } from './batch-mark.ts';
import type { PartMessage } from './batch-options.ts';
import { partsOf, type PlannedPart } from './batch-plan.ts';
import { decide, readVerdict } from './verdict.ts';

export type Publish = (message: PartMessage) => unknown;

/** So many parts are made, and told of, at the same time: they share the syncs of their folders. */
const IN_FLIGHT = 64;

/**
 * Makes all parts ready to be worked on, and tells `publish` of each. A stop leaves what a repeat completes; it tells of those
 * again that are not settled. Gives how many parts it went through: none if that was done before.
 */
export async function announce(ground: BatchGround, publish: Publish | undefined): Promise<number> {
  await assertThere(ground);
  const tells = publish !== undefined && !(await isMarked(ground, 'published'));
  if (!tells && (await isMarked(ground, 'announced'))) return 0;
  if ((await readVerdict(ground)) !== undefined) return 0;
  const settled = new Set(tells ? await ground.tasks.ids(['succeeded', 'ignored']) : []);
  for await (const parts of groups(partsOf(ground.shelf, ground.plan))) {
    await assertThere(ground);
    await all(parts.map((part) => createPart(ground, part)));
    if (!tells) continue;
    const open = parts.filter(({ index }) => !settled.has(String(index)));
    await all(open.map((part) => tell(ground, publish, part)));
  }
  if (ground.plan.total === 0) await decide(ground);
  await setMark(ground, 'announced');
  if (tells) await setMark(ground, 'published');
  return ground.plan.total;
}

/** Makes parts that are not there, as the plan has them: that whoever makes the batch has not come to yet, or that went. Gives how many that was. */
export async function createParts(ground: BatchGround, ids: ReadonlySet<string>): Promise<number> {
  await assertThere(ground);
  let created = 0;
  if (ids.size === 0) return created;
  for await (const part of partsOf(ground.shelf, ground.plan)) {
    if (ids.has(String(part.index)) && (await createPart(ground, part))) created += 1;
  }
  return created;
}

function createPart({ tasks, clock }: BatchGround, { index, value }: PlannedPart): Promise<boolean> {
  return tasks.create(String(index), 'pending', formatTaskRecord(newTaskRecord({ part: value }, clock.wall().toISOString())));
}

async function tell({ id, plan }: BatchGround, publish: Publish, { index, value }: PlannedPart): Promise<void> {
  await publish({ batchId: id, partId: String(index), part: value, metadata: plan.metadata ?? null });
}

async function* groups(parts: AsyncIterable<PlannedPart>): AsyncGenerator<PlannedPart[], void, void> {
  let group: PlannedPart[] = [];
  for await (const part of parts) {
    if (group.push(part) < IN_FLIGHT) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** All of them have ended before the first error is thrown on: none goes on unseen. */
async function all(working: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(working)) if (outcome.status === 'rejected') throw outcome.reason;
}
