import { BatchDamagedError } from '../../batches/batch-damaged-error.ts';
import type { Batch } from '../../batches/batch.ts';
import type { BatchWorkReport } from '../../batches/batch-work.ts';
import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatDuration, formatNumberOf } from '../render/quantity.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCall } from '../store-command.ts';
import { exitCodeOfStops, type Stops, underSignals } from '../under-signals.ts';
import { FatalPartError, PartProgram } from './part-program.ts';
import { ReduceProgram } from './reduce-program.ts';
import { withBatch } from './with-batch.ts';
import type { WorkOptions } from './work-options.ts';

/** Works on the parts of a batch, and on its reduce, as long as anything is left of it. */
export function workOnBatch(surroundings: Surroundings, call: StoreCall<WorkOptions>): Promise<number> {
  const { lease } = call.options;
  return withBatch(
    surroundings,
    call,
    (batch) => underSignals(surroundings, (stops) => workUnder(stops, batch, surroundings, call)),
    lease === undefined ? {} : { leaseMs: lease },
  );
}

async function workUnder(stops: Stops, batch: Batch, surroundings: Surroundings, call: StoreCall<WorkOptions>): Promise<number> {
  const { options } = call;
  const parts = new PartProgram(surroundings, call, stops);
  const reduce = options.reduce === undefined ? undefined : new ReduceProgram(surroundings, options.reduce, stops, options.json === true);
  const report = await batch
    .work((part, attempt) => parts.work(part, attempt), {
      concurrency: options.concurrency,
      failBatchOn: [FatalPartError],
      ...(reduce && { reduce: (reduction, attempt) => reduce.work(reduction, attempt) }),
      signal: AbortSignal.any([stops.draining, parts.stopped]),
      forceSignal: AbortSignal.any([stops.forcing, parts.stopped]),
      clock: surroundings.clock,
    })
    .catch(async (error: unknown) => {
      // What was done with the others is to be told all the same.
      if (error instanceof BatchDamagedError && error.report !== undefined)
        await tell({ parts: error.report, reduced: false, status: await batch.status() }, surroundings, options);
      throw error;
    });
  // The same for every part: nothing was tried.
  parts.stopped.throwIfAborted();
  await tell(report, surroundings, options);
  return exitCodeOfStops(stops) ?? (report.status?.state === 'failed' ? EXIT.failed : EXIT.ok);
}

async function tell({ parts, reduced, status }: BatchWorkReport, { out, err }: Surroundings, { json, quiet }: WorkOptions): Promise<void> {
  const { errors: _, durationMs, ...counts } = parts;
  if (json) await out.line(formatJsonLine({ parts: { ...counts, durationMs: Math.round(durationMs) }, reduced, status }));
  else if (!quiet || status?.state === 'failed')
    await err.line(`dibs: ${describeHere(counts.done, durationMs, reduced)}; ${describe(status)}`);
}

function describeHere(done: number, durationMs: number, reduced: boolean): string {
  return `${formatNumberOf(done, 'part')} done here${reduced ? ', and the reduce,' : ''} in ${formatDuration(durationMs)}`;
}

function describe(status: BatchWorkReport['status']): string {
  if (status === null) return 'the batch was done, and is deleted';
  const { id, state, reason, remaining } = status;
  const left = state === 'running' ? `, ${formatNumberOf(remaining, 'part')} left` : '';
  return `batch ${formatSentence(id)} ${state === 'failed' ? 'has failed' : `is ${state}`}${reason === undefined ? '' : `: ${formatSentence(reason)}`}${left}`;
}
