import { dataAs, parseTaskRecord } from '../formats/task-record.ts';
import { parsePlace } from '../machines/task-place.ts';
import { BatchDamagedError } from './batch-damaged-error.ts';
import { BatchNotReadyError } from './batch-errors.ts';
import type { BatchGround } from './batch-ground.ts';
import { findDamagedParts } from './damaged-parts.ts';

/** A part that has succeeded, and what it came to. */
export interface PartResult<P = unknown, R = unknown> {
  readonly partId: string;
  readonly part: P;
  readonly result: R;
}

/** So many are read at the same time. */
const IN_FLIGHT = 64;

/**
 * The parts with their results, in order, without ever holding all of them.
 * @throws BatchDamagedError that names all that are damaged, BatchNotReadyError if one was made anew and is to be done yet
 */
export async function* resultsOf<P, R>(ground: BatchGround): AsyncGenerator<PartResult<P, R>, void, void> {
  const { total } = ground.plan;
  for (let start = 0; start < total; start += IN_FLIGHT) {
    const ids = Array.from({ length: Math.min(IN_FLIGHT, total - start) }, (_, offset) => String(start + offset));
    yield* await Promise.all(ids.map((id) => resultOf<P, R>(ground, id)));
  }
}

async function resultOf<P, R>(ground: BatchGround, id: string): Promise<PartResult<P, R>> {
  const seen = await ground.tasks.read(id);
  if (seen?.kind !== 'task') {
    const damaged = await findDamagedParts(ground);
    // None if it was made anew just now.
    throw damaged.length > 0 ? new BatchDamagedError(ground.id, damaged) : new BatchNotReadyError(ground.id);
  }
  if (parsePlace(seen.place)?.status !== 'succeeded') throw new BatchNotReadyError(ground.id);
  const { part, result } = dataAs<{ readonly part: P; readonly result: R }>(parseTaskRecord(seen.fields).data);
  return { partId: id, part, result };
}
