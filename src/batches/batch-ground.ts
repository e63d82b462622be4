import type { Clock } from '../clock.ts';
import type { BatchPlan } from '../formats/batch-record.ts';
import type { Shelf, Store, TaskStore } from '../stores/store.ts';
import { BatchNotFoundError } from './batch-errors.ts';
import { readPlan } from './batch-plan.ts';

/** A batch, and what is there beside its tasks. */
export interface BatchPlace {
  readonly id: string;
  readonly plan: BatchPlan;
  readonly store: Store;
  readonly shelf: Shelf;
  readonly clock: Clock;
}

/** What all calls of one batch stand on. */
export interface BatchGround extends BatchPlace {
  readonly tasks: TaskStore;
}

/** The id of the task that reduces. Those of parts are numbers. */
export const REDUCE = 'reduce';

/** The number of a part; undefined for what is none. */
export function partNumber(id: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(id) ? Number(id) : undefined;
}

/** Whether it is the id of a part of this batch: what a person copied under a name of its own, or a number beyond the last, is none. */
export function isPart({ plan }: Pick<BatchGround, 'plan'>, id: string): boolean {
  return (partNumber(id) ?? plan.total) < plan.total;
}

/** Whether it is this very batch that is there: it may have been deleted, and another one of its id have been made since. */
export async function isThere({ shelf, plan }: BatchPlace): Promise<boolean> {
  return (await readPlan(shelf))?.token === plan.token;
}

/** @throws BatchNotFoundError */
export async function assertThere(ground: BatchPlace): Promise<void> {
  if (!(await isThere(ground))) throw new BatchNotFoundError(ground.id, ground.store.url);
}

/** Works on a batch; if it is gone meanwhile, that is the error: what the store says of what is gone is no help. */
export async function whileThere<T>(ground: BatchPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof BatchNotFoundError || (await isThere(ground).catch(() => true))) throw cause;
    throw new BatchNotFoundError(ground.id, ground.store.url, { cause });
  }
}
