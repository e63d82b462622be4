import { checkOptions, type OptionRules } from '../queues/check-options.ts';
import type { ConsumeReport } from '../queues/consume.ts';
import { WORK_RULES, type WorkOptions } from '../tasks/task-runner.ts';
import { announce } from './announce.ts';
import { BatchDamagedError } from './batch-damaged-error.ts';
import type { BatchGround } from './batch-ground.ts';
import type { BatchStatus } from './batch-status.ts';
import { findDamagedParts } from './damaged-parts.ts';
import type { FailBatchOn, PartWork, PartWorker } from './part-work.ts';
import type { Reducer, ReduceWork } from './reduce-work.ts';
import { assertNotFailed, findVerdict } from './verdict.ts';

export interface PartOptions<P, R, V> {
  /** Errors of these classes fail the whole batch, with their own text; others fail the part alone, which is tried again. */
  readonly failBatchOn?: FailBatchOn;
  /**
   * Run once, by whoever of those that bring one is first, when all parts have succeeded.
   * @default the one that was given when the batch was made or opened, if any
   */
  readonly reduce?: ReduceWork<P, R, V> | undefined;
}

const RULES: OptionRules = {
  failBatchOn: { wants: 'a list of classes of errors', test: (value) => Array.isArray(value) && value.every(isClass) },
  reduce: { wants: 'a function', test: (value) => typeof value === 'function' },
};

/** A number or a list would end the part, where the error that it is compared with is to. */
function isClass(value: unknown): boolean {
  return typeof value === 'function' && typeof value.prototype === 'object';
}

const { follow: _, ...RULES_OF_WORK } = WORK_RULES;

/** @throws TypeError */
export function checkPartOptions(options: object): void {
  checkOptions('part', options, RULES);
}

/** @throws TypeError */
export function checkBatchWorkOptions(options: object): void {
  checkOptions('work', options, { ...RULES, ...RULES_OF_WORK });
}

/** As for tasks; but a batch has all its parts from the beginning. */
export type BatchWorkOptions<P, R, V> = PartOptions<P, R, V> & Omit<WorkOptions, 'follow'>;

export interface BatchWorkReport {
  readonly parts: ConsumeReport;
  /** Whether the reduce was done here. */
  readonly reduced: boolean;
  /** Null if the batch is gone: `deleteWhenDone`. */
  readonly status: BatchStatus | null;
}

/** Who works on a batch. */
export interface BatchWorkers<P, R> {
  readonly parts: PartWorker<P, R>;
  readonly reducer: Reducer<P, R>;
}

/** Works on parts until none is left that can be, and then sees to it that the batch is reduced. @throws BatchFailedError, BatchDamagedError */
export async function workOff<P, R, V>(
  ground: BatchGround,
  workers: BatchWorkers<P, R>,
  work: PartWork<P, R>,
  { failBatchOn = [], reduce, ...options }: BatchWorkOptions<P, R, V>,
): Promise<Omit<BatchWorkReport, 'status'>> {
  await assertNotFailed(ground);
  await announce(ground, undefined);
  const parts = await workers.parts.all(work, failBatchOn, { ...options, follow: false });
  if (parts.interrupted !== null) return { parts, reduced: false };
  const verdict = await findVerdict(ground);
  if (verdict === undefined) {
    const damaged = await findDamagedParts(ground);
    if (damaged.length > 0) throw new BatchDamagedError(ground.id, damaged, parts);
  }
  const { timeoutMs: _ofParts, progress: _too, ...forReduce } = options;
  const reduced = reduce !== undefined && verdict?.kind === 'reduce' && (await workers.reducer.untilDone(reduce, forReduce));
  return { parts, reduced };
}
