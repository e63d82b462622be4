import { MAX_DONE } from '../formats/done-line.ts';
import { formatMessageId } from '../formats/message-id.ts';
import type { Message } from '../journals/segment.ts';
import { inRanges } from '../machines/id-ranges.ts';
import { isIterable, show } from './check-options.ts';
import { selectMessages } from './listing.ts';
import type { QueueCore } from './queue-core.ts';

/** So many messages are written down together. */
const TOGETHER = 4096;

/** Finishes all that is outstanding: in nobody's hands, in somebody's, or of earlier runs and not even admitted. */
export async function markAllDone<T>(core: QueueCore<T>): Promise<number> {
  core.assertInUse('markAllDone');
  const wanted = (run: number, sequence: number): boolean => !core.holdings.isFinished(run, sequence);
  let count = 0;
  let page: Message[] = [];
  const finish = async (): Promise<void> => {
    const together = page.filter(({ run, sequence }) => wanted(run, sequence));
    page = [];
    await core.dones.write(inRanges(together, MAX_DONE).map((range) => ({ kind: 'done', ...range })));
    // Somebody may have finished one meanwhile: a second line says nothing new.
    for (const message of together) if (core.settling.finishedElsewhere(message)) count++;
  };
  await core.puts.flush();
  // What an earlier run did is passed over, and what it put is not there any more then: neither may come back.
  await core.footing.all();
  for await (const message of selectMessages(core.listable, wanted)) {
    page.push(message);
    if (page.length >= TOGETHER) await finish();
  }
  if (page.length > 0) await finish();
  core.delivery.purge((message) => !wanted(message.run, message.sequence));
  core.changed();
  return count;
}

/** Puts what was given up back to work. What is not given up, or unknown, is passed over. */
export async function retryFailed<T>(core: QueueCore<T>, ids: Iterable<string> | undefined): Promise<number> {
  if (ids !== undefined && (typeof ids === 'string' || !isIterable(ids)))
    throw new TypeError(`retry takes ids in an array or a set, got ${show(ids)}.`);
  core.assertInUse('retry');
  const { holdings } = core;
  const wantedIds = ids === undefined ? undefined : new Set(ids);
  const wanted = (run: number, sequence: number): boolean =>
    holdings.ledger.failed.has(run, sequence) && (wantedIds === undefined || wantedIds.has(formatMessageId(run, sequence)));
  let count = 0;
  await core.footing.all();
  for await (const { run, sequence, text } of selectMessages(core.listable, wanted)) {
    const failure = holdings.ledger.failed.get(run, sequence);
    if (failure === undefined) continue;
    await core.dones.write([{ kind: 'retried', run, sequence, attempt: failure.attempt }]);
    // Another retry was faster, and somebody may have it in hands by now: what this one wrote says nothing new.
    if (holdings.ledger.failed.get(run, sequence) !== failure) continue;
    core.settling.outstandingAgain({ run, sequence, text }, failure.attempt);
    count++;
  }
  return count;
}
