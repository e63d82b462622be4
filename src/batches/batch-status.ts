import { DiskError } from '../errors.ts';
import { parseTaskRecord } from '../formats/task-record.ts';
import type { Verdict } from '../formats/batch-record.ts';
import { type TaskStatus } from '../machines/task-lifecycle.ts';
import { parsePlace } from '../machines/task-place.ts';
import type { DamagedPart } from './batch-damaged-error.ts';
import { assertThere, type BatchGround, isPart, REDUCE } from './batch-ground.ts';
import { isMarked } from './batch-mark.ts';
import { damagedParts } from './damaged-parts.ts';
import { type RunningPart, runningParts } from './running-parts.ts';
import { decide, readVerdict, reasonOfPart } from './verdict.ts';

/**
 * - `announcing`: some parts can't be worked on yet, or were not told of; if whoever makes it died, `announce` goes on
 * - `running`: parts are left
 * - `reducing`: all parts succeeded, and the reduce is to be done
 * - `done`: the reduce has succeeded
 * - `failed`: no part of it runs any more; or all did, and its reduce was given up, or a part that was made anew since
 */
export const BATCH_STATES = ['announcing', 'running', 'reducing', 'done', 'failed'] as const;

export type BatchState = (typeof BATCH_STATES)[number];

/** What lies among the parts, and is none: it is neither run nor waited for. */
export interface StrayTask {
  /** As the file is called: a copy under a name of its own, or a number beyond the last. */
  readonly id: string;
  readonly status: TaskStatus;
}

export interface BatchStatus {
  readonly id: string;
  readonly state: BatchState;
  readonly total: number;
  /** Parts that have not succeeded. */
  readonly remaining: number;
  /** From 0 to 1: how much of the parts has succeeded. 1 only if all have. */
  readonly progress: number;
  /** How many parts are in which status: they add up to `total`. Those that were not announced yet are pending. */
  readonly parts: Readonly<Record<TaskStatus, number>>;
  /**
   * What can't be read, or is gone: as long as there is any, the batch gets to no end. Parts are told of here once 256 or fewer are left,
   * those that are gone at any time; results, in a batch of 256 parts or fewer, and the reduce, until that is done. `retry` makes them anew.
   */
  readonly damaged: readonly DamagedPart[];
  /** What a person, or another program, put among its parts: the first 256 that are met, until the reduce is done. */
  readonly strays: readonly StrayTask[];
  /** What somebody has: the first 256 parts, and the reduce. */
  readonly running: readonly RunningPart[];
  /** How the reduce stands; null until there is one. */
  readonly reduce: TaskStatus | null;
  /** Why it failed. */
  readonly reason?: string;
  readonly metadata: unknown;
  readonly createdAt: string;
}

/** How a batch stands. Begins nothing; what somebody had begun to end is brought to its end. @throws BatchNotFoundError */
export async function batchStatus(ground: BatchGround): Promise<BatchStatus> {
  const status = await statusNow(ground);
  return isUndecided(status) && (await decideIfMay(ground)) ? statusNow(ground) : status;
}

/** Whether all its parts are settled, and nothing came of it: whoever settled the last may have been stopped there. */
function isUndecided({ state, total, parts, reduce }: BatchStatus): boolean {
  return (state === 'running' || state === 'reducing') && reduce === null && parts.succeeded + parts.ignored === total;
}

/** False if the disk refuses it: who only looks is to be told how it stands all the same. */
async function decideIfMay(ground: BatchGround): Promise<boolean> {
  try {
    return (await decide(ground)) !== undefined;
  } catch (error) {
    if (error instanceof DiskError) return false;
    throw error;
  }
}

async function statusNow(ground: BatchGround): Promise<BatchStatus> {
  const { id, plan } = ground;
  const verdict = await readVerdict(ground);
  const reduce = verdict?.kind === 'reduce' ? await readReduce(ground) : { status: null, error: undefined };
  const { parts, strays } = reduce.status === 'succeeded' ? allSucceeded(plan.total) : await countParts(ground);
  const isAnnounced = verdict !== undefined || (await isAllAnnounced(ground));
  const damaged = isAnnounced ? await damagedParts(ground) : [];
  // What was counted of one that is gone by now is wrong.
  await assertThere(ground);
  const remaining = plan.total - parts.succeeded;
  const state = stateOf(verdict, reduce.status, parts, isAnnounced);
  const reason = state === 'failed' ? await reasonOf(ground, verdict, reduce.error) : undefined;
  return {
    id,
    state,
    total: plan.total,
    remaining,
    progress: plan.total === 0 ? 1 : parts.succeeded / plan.total,
    parts,
    damaged,
    strays,
    running: verdict?.kind === 'failed' || (parts.running === 0 && reduce.status !== 'running') ? [] : await runningParts(ground),
    reduce: reduce.status,
    ...(reason !== undefined && { reason }),
    metadata: plan.metadata ?? null,
    createdAt: plan.createdAt,
  };
}

function stateOf(
  verdict: Verdict | undefined,
  reduce: TaskStatus | null,
  { pending, running, failed, ignored }: BatchStatus['parts'],
  isAnnounced: boolean,
): BatchState {
  if (verdict?.kind === 'failed') return 'failed';
  if (reduce === 'succeeded') return 'done';
  if (reduce === 'ignored' || (verdict !== undefined && ignored > 0)) return 'failed';
  if (!isAnnounced) return 'announcing';
  return pending + running + failed + ignored === 0 ? 'reducing' : 'running';
}

/** Why it has failed. */
async function reasonOf(ground: BatchGround, verdict: Verdict | undefined, ofReduce: string | undefined): Promise<string> {
  if (verdict?.kind === 'failed') return verdict.reason;
  return ofReduce ?? reasonOfPart(ground);
}

async function isAllAnnounced(ground: BatchGround): Promise<boolean> {
  return (await isMarked(ground, 'announced')) && (!ground.plan.publishes || (await isMarked(ground, 'published')));
}

function allSucceeded(total: number): Counted {
  return { parts: { pending: 0, running: 0, succeeded: total, failed: 0, ignored: 0 }, strays: [] };
}

type Counted = Pick<BatchStatus, 'parts' | 'strays'>;

const MOST_STRAYS = 256;

/** By their names, while they move: none counts twice, nor does what is no part. */
async function countParts(ground: BatchGround): Promise<Counted> {
  const { tasks, plan } = ground;
  const counted = new Set<string>();
  const strays: StrayTask[] = [];
  const idsOf = async (status: TaskStatus): Promise<string[]> => {
    const ids = await tasks.ids([status]);
    for (const id of ids) if (id !== REDUCE && !isPart(ground, id)) strays.push({ id, status });
    return ids.filter((id) => isPart(ground, id));
  };
  const count = async (status: TaskStatus): Promise<number> => {
    const before = counted.size;
    for (const id of await idsOf(status)) counted.add(id);
    return counted.size - before;
  };
  await idsOf('pending');
  // What is settled stays so, and is looked at first.
  const succeeded = await count('succeeded');
  const [ignored, failed, running] = [await count('ignored'), await count('failed'), await count('running')];
  return {
    parts: { pending: plan.total - counted.size, running, succeeded, failed, ignored },
    strays: strays.slice(0, MOST_STRAYS),
  };
}

/** How the reduce stands, and why, if it was given up. */
async function readReduce({ tasks }: BatchGround): Promise<{ readonly status: TaskStatus | null; readonly error: string | undefined }> {
  const seen = await tasks.read(REDUCE);
  const status = (seen && parsePlace(seen.place)?.status) ?? null;
  if (status !== 'ignored') return { status, error: undefined };
  const error = seen?.kind === 'task' ? parseTaskRecord(seen.fields).errors.at(-1) : undefined;
  return { status, error: `its reduce was given up${error === undefined ? '' : `: ${error.message}`}` };
}
