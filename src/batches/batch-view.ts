import { parsePlace } from '../machines/task-place.ts';
import { PartNotFoundError } from './batch-errors.ts';
import { assertThere, type BatchGround, isPart } from './batch-ground.ts';
import { type BatchStatus, batchStatus } from './batch-status.ts';
import { pendingParts } from './pending-parts.ts';
import { reducedOf } from './reduce-work.ts';

/** A batch as it lies there. Nothing here changes it. All that asks of one that was deleted is told by a `BatchNotFoundError`. */
export class BatchView {
  readonly #ground: BatchGround;

  /** @internal */
  constructor(ground: BatchGround) {
    this.#ground = ground;
  }

  get id(): string {
    return this.#ground.id;
  }

  get total(): number {
    return this.#ground.plan.total;
  }

  get metadata(): unknown {
    return this.#ground.plan.metadata ?? null;
  }

  /** How it stands. One pass over the names of its parts. @throws BatchNotFoundError */
  status(): Promise<BatchStatus> {
    return batchStatus(this.#ground);
  }

  /**
   * The ids of the parts that have not succeeded and may yet, in order; in a batch that has failed all that did not succeed, those that were
   * given up too. One pass over names. @throws BatchNotFoundError
   */
  async pendingParts(): Promise<string[]> {
    const pending = await pendingParts(this.#ground);
    await assertThere(this.#ground);
    return pending;
  }

  /** Whether a part has succeeded. @throws PartNotFoundError, BatchNotFoundError */
  async isPartDone(partId: string | number): Promise<boolean> {
    const seen = await this.#ground.tasks.read(idOfPart(this.#ground, partId));
    if (seen === undefined) await assertThere(this.#ground);
    return seen !== undefined && parsePlace(seen.place)?.status === 'succeeded';
  }

  /** What the reduce came to; undefined as long as it has not succeeded. @throws BatchNotFoundError, DamagedRecordError */
  async reduced<V = unknown>(): Promise<V | undefined> {
    const value = await reducedOf<V>(this.#ground);
    if (value === undefined) await assertThere(this.#ground);
    return value;
  }
}

/** @throws PartNotFoundError */
export function idOfPart(ground: BatchGround, partId: string | number): string {
  const text = String(partId);
  if (!isPart(ground, text)) throw new PartNotFoundError(ground.id, text, ground.plan.total);
  return text;
}
