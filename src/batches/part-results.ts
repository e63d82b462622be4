import { DamagedRecordError } from '../stores/store-errors.ts';
import { dataAs, parseTaskRecord } from '../formats/task-record.ts';
import type { BatchGround } from './batch-ground.ts';

/** A part that has succeeded, and what it came to. */
export interface PartResult<P = unknown, R = unknown> {
  readonly partId: string;
  readonly part: P;
  readonly result: R;
}

/** So many are read at the same time. */
const IN_FLIGHT = 64;

/** The parts with their results, in order, without ever holding all of them. @throws DamagedRecordError */
export async function* resultsOf<P, R>(ground: BatchGround): AsyncGenerator<PartResult<P, R>, void, void> {
  const { total } = ground.plan;
  for (let start = 0; start < total; start += IN_FLIGHT) {
    const ids = Array.from({ length: Math.min(IN_FLIGHT, total - start) }, (_, offset) => String(start + offset));
    yield* await Promise.all(ids.map((id) => resultOf<P, R>(ground, id)));
  }
}

async function resultOf<P, R>({ tasks }: BatchGround, id: string): Promise<PartResult<P, R>> {
  const seen = await tasks.read(id);
  if (seen?.kind !== 'task') throw new DamagedRecordError(seen?.path ?? id, seen?.reason ?? 'it is gone');
  const { part, result } = dataAs<{ readonly part: P; readonly result: R }>(parseTaskRecord(seen.fields).data);
  return { partId: id, part, result };
}
