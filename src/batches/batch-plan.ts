import { DamagedRecordError } from '../stores/store-errors.ts';
import { type BatchPlan, parsePlan } from '../formats/batch-record.ts';
import type { Countdown, Shelf } from '../stores/store.ts';

/** The record that makes it a batch. */
export const PLAN = 'plan';

export interface PlannedPart {
  readonly index: number;
  readonly value: unknown;
}

/** Reads what a batch is made of; undefined if there is none. @throws DamagedRecordError, FormatVersionError */
export async function readPlan(shelf: Shelf): Promise<BatchPlan | undefined> {
  const fields = await shelf.read(PLAN);
  if (fields === undefined) return undefined;
  const plan = parsePlan(fields);
  if (plan === null) throw new DamagedRecordError(shelf.where(PLAN), 'it does not say all that a plan says', { whole: 'batch' });
  return plan;
}

/** Its parts in order, each with its number. @throws DamagedRecordError */
export async function* partsOf(shelf: Shelf, { token, chunks }: BatchPlan): AsyncGenerator<PlannedPart, void, void> {
  let index = 0;
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const fields = await shelf.read(chunkName(token, chunk));
    const values: unknown = fields?.['parts'];
    if (!Array.isArray(values)) {
      const reason = fields === undefined ? 'it is gone' : 'it holds no parts';
      throw new DamagedRecordError(shelf.where(chunkName(token, chunk)), reason, { whole: 'batch' });
    }
    for (const value of values) {
      yield { index, value };
      index += 1;
    }
  }
}

export function countdownOf(shelf: Shelf, { token }: Pick<BatchPlan, 'token'>): Countdown {
  return shelf.countdown(`left-${token}`);
}

export function chunkName(token: string, chunk: number): string {
  return `parts-${token}/${String(chunk).padStart(6, '0')}`;
}

/** Which batch a record belongs to; undefined for the plan, and for what is none of ours. */
export function tokenOf(name: string): string | undefined {
  return /^(?:parts|left|tasks|announced|published|verdict)-([0-9a-f]+)$/.exec(name)?.[1];
}
