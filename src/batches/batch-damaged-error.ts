import { WorkQueueError } from '../errors.ts';
import { REDUCE } from './batch-ground.ts';
import type { ConsumeReport } from '../queues/consume.ts';

/** A part, or the reduce, whose record can't be read, or is gone, so that the batch gets to no end. By a person's hand, or a disk's fault. */
export interface DamagedPart {
  /** `reduce` for the reduce. */
  readonly partId: string;
  /** Where its record lies; null if it is gone. */
  readonly path: string | null;
  readonly reason: string;
}

/**
 * Parts of the batch can't be read, or are gone, so that nothing is ever decided of it; or what the reduce is to read, and then that
 * was no attempt at it. All others were worked on, and nothing was changed of these.
 */
export class BatchDamagedError extends WorkQueueError {
  readonly code = 'ERR_BATCH_DAMAGED';
  readonly batchId: string;
  readonly parts: readonly DamagedPart[];
  /** What was done with the others; undefined where one part alone was to be worked on. */
  readonly report: ConsumeReport | undefined;

  constructor(batchId: string, parts: readonly DamagedPart[], report?: ConsumeReport, options?: ErrorOptions) {
    super(
      `Batch ${batchId} can't be finished. ${describe(parts)}. Put copies back, or make them anew from its plan with retry (dibs batch retry).`,
      options,
    );
    this.batchId = batchId;
    this.parts = parts;
    this.report = report;
  }
}

/** More would fill the screen. */
const MOST_NAMED = 5;

function describe(parts: readonly DamagedPart[]): string {
  const named = parts
    .slice(0, MOST_NAMED)
    .map(
      ({ partId, path, reason }) =>
        `${partId === REDUCE ? 'The reduce' : `Part ${partId}`}: ${path === null ? reason : `${path} can't be read (${reason})`}`,
    );
  return [...named, ...(parts.length > MOST_NAMED ? [`and so on, ${parts.length} in all`] : [])].join('; ');
}
