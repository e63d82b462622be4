import { systemClock } from '../clock.ts';
import { whyNoId } from '../formats/task-name.ts';
import { parseTaskRecord } from '../formats/task-record.ts';
import { disk } from '../fs/disk.ts';
import { openStore } from '../stores/open-store.ts';
import type { Store, TaskStoreOptions } from '../stores/store.ts';
import { OutputFiles } from '../tasks/output-files.ts';
import { StepPlaces } from '../tasks/status-codes.ts';
import type { TrackerGround } from '../tasks/tracker-ground.ts';
import { Batch } from './batch.ts';
import { BatchNotFoundError } from './batch-errors.ts';
import { type BatchPlace, isThere, whileThere } from './batch-ground.ts';
import type { BatchPlaceOptions, OpenBatchOptions } from './batch-options.ts';
import { readPlan } from './batch-plan.ts';
import { partSettled } from './verdict.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Whether it is to be closed with the batch. */
  readonly isOurs: boolean;
}

/** The store that is meant, opened if it is told of by its address. */
export async function storeOf({ store, durability, fileSystem, clock }: BatchPlaceOptions): Promise<OpenedStore> {
  if (typeof store !== 'string') return { store, isOurs: false };
  const options = { ...(durability && { durability }), ...(fileSystem && { fileSystem }), ...(clock && { clock }) };
  return { store: await openStore(store, options), isOurs: true };
}

/** A store that was opened for nothing is closed. */
export async function within<T>(options: BatchPlaceOptions, work: (store: Store, isOurs: boolean) => Promise<T>): Promise<T> {
  const { store, isOurs } = await storeOf(options);
  try {
    return await work(store, isOurs);
  } catch (error) {
    if (isOurs) await store.dispose();
    throw error;
  }
}

/** @throws BatchNotFoundError */
export async function batchOf<P, R>(store: Store, isOurs: boolean, id: string, options: OpenBatchOptions<P, R>): Promise<Batch<P, R>> {
  const { leaseMs = 30_000, clock = systemClock, reduce } = options;
  if (whyNoId(id) !== null) throw new BatchNotFoundError(String(id), store.url);
  const shelf = store.shelf('batches', id);
  const plan = await readPlan(shelf);
  if (plan === undefined) throw new BatchNotFoundError(id, store.url);
  const tracker = trackerOf(id, plan.maxAttempts, options);
  const place: BatchPlace = { id, plan, store, shelf, clock };
  // The opening tells of what others have left.
  const settled: TaskStoreOptions['settled'] = async (task, status, fields, tasks) => {
    await tracker.outputs.publish(parseTaskRecord(fields).outputs ?? []);
    await partSettled({ ...place, tasks }, task, status);
  };
  // Who is late sees nothing of what may be another batch by then.
  const tasks = await whileThere(place, () => store.tasks('batches', id, { leaseMs, madeAs: plan.token, settled }));
  if (!(await isThere(place))) {
    await tasks.dispose();
    // Where another one lies nobody looks for what this has made. A plan that is gone may be away for a moment only.
    if ((await readPlan(shelf).catch(() => undefined)) !== undefined) await shelf.remove(`tasks-${plan.token}`).catch(() => undefined);
    throw new BatchNotFoundError(id, store.url);
  }
  const end = async (): Promise<void> => {
    await tasks.dispose();
    if (isOurs) await store.dispose();
  };
  return new Batch<P, R>({ ...place, tasks }, { ...tracker, store: tasks }, { ...(reduce && { reduce }), end });
}

function trackerOf(id: string, maxAttempts: number, options: BatchPlaceOptions): Omit<TrackerGround, 'store'> {
  const { leaseMs = 30_000, durability = 'power', fileSystem = disk, clock = systemClock } = options;
  return {
    useCase: `batch ${id}`,
    places: new StepPlaces(undefined, []),
    outputs: new OutputFiles(fileSystem, durability === 'power'),
    clock,
    chance: Math.random,
    valid: (data) => data,
    maxAttempts,
    leaseMs,
    backoff: { firstMs: 1_000, factor: 2, maxMs: 3_600_000 },
    startsFrom: [],
    durability,
  };
}
