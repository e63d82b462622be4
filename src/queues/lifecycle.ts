import { QueueClosedError, UpstreamFailedError } from '../errors.ts';
import { describeFailure } from '../formats/failure-reason.ts';
import type { QueueCore } from './queue-core.ts';
import { type WaitOptions, waitFor } from './room.ts';

/** How many messages of the load are in which state. */
export interface QueueCounts {
  /** Put, and in nobody's hands. */
  readonly waiting: number;
  /** In somebody's hands. */
  readonly taken: number;
  readonly done: number;
  /** Given up; those of earlier loads that were not retried too. */
  readonly failed: number;
  /** Places in the files that are no record of ours, as far as they were read. */
  readonly damaged: number;
}

/** Counts the messages of the load. Reads what was not read of earlier runs. */
export async function countMessages<T>({ holdings, opened, settling }: QueueCore<T>): Promise<QueueCounts> {
  await holdings.count(opened.context);
  return {
    waiting: holdings.unfinished - settling.hands.count,
    taken: settling.hands.count,
    done: holdings.finishedMessages,
    failed: holdings.ledger.failed.size,
    damaged: opened.context.damage.count,
  };
}

/** Delivers what earlier runs left as well. Resolves with how many messages that is; none if they are delivered anyway. */
export async function admitOlder<T>(core: QueueCore<T>): Promise<number> {
  core.assertInUse('requeueOutstanding');
  if (isAdmitted(core)) return 0;
  const { holdings, opened } = core;
  await holdings.count(opened.context);
  core.assertInUse('requeueOutstanding');
  // Of two who ask at once the other was faster.
  if (isAdmitted(core)) return 0;
  core.admitOlder();
  return holdings.unfinishedOlder;
}

function isAdmitted<T>({ older }: QueueCore<T>): boolean {
  return older !== undefined;
}

/** Resolves when all that is to be delivered is done or given up. */
export async function joinQueue<T>(core: QueueCore<T>, options: WaitOptions): Promise<void> {
  options.signal?.throwIfAborted();
  core.assertInUse('join');
  if (core.ended !== undefined) throw core.ended;
  const { context, clock } = core.opened;
  const joining = core.idle();
  await waitFor({ operation: 'join', where: context.directory, clock }, joining, options, () => core.leave(joining));
}

/** Writes down that all was put: consumers come to an end. A stop before the line is on disk leaves the load open. */
export function closeQueue<T>(core: QueueCore<T>): Promise<void> {
  if (core.state === 'closed') return Promise.resolve();
  core.closing ??= close(core).finally(() => (core.closing = undefined));
  return core.closing;
}

async function close<T>(core: QueueCore<T>): Promise<void> {
  await core.putting.flush();
  core.assertOpen('close');
  core.state = 'closing';
  let written = false;
  try {
    await core.dones.write([{ kind: 'closed' }]);
    written = true;
  } finally {
    // It may have been given up meanwhile, and that stands.
    if (core.is('closing')) core.state = written ? 'closed' : 'open';
  }
  core.changed();
}

/** The producer failed: nothing is put or handed out any more, and who waits is told why. What is put stays. */
export async function failQueue<T>(core: QueueCore<T>, reason: unknown): Promise<void> {
  const { directory } = core.opened.context;
  // First: who waits for room may wait as long as there is nobody to make some.
  core.putting.reservations.close(new QueueClosedError('put', directory, 'failed'));
  await core.putting.flush().catch(() => undefined);
  const error = new UpstreamFailedError(directory, describeFailure(reason).message, { cause: reason });
  if (core.state !== 'disposed') core.state = 'failed';
  core.end(error);
}

/** Gives everything back: items first, then the directory. A stop anywhere leaves a dead owner, and items whose attempts count. */
export async function disposeQueue<T>(core: QueueCore<T>): Promise<void> {
  const { guard, ownership, context } = core.opened;
  // Before anything is waited for: a close waits for all puts, and a put that waits for room for who makes room.
  core.putting.reservations.close(new QueueClosedError('put', context.directory, 'disposed'));
  await core.closing?.catch(() => undefined);
  await core.puts.flush();
  core.state = 'disposed';
  for (const sharing of core.sharings) sharing.stop();
  const error = new QueueClosedError('get', context.directory, 'disposed');
  core.end(error);
  for (const item of [...core.consumers].flatMap(({ held }) => [...held])) {
    item.abort(error);
    // What can't be written down is given back all the same: its attempt counts then.
    if (guard.end === undefined && item.state === 'taken') await item.release().catch(() => undefined);
  }
  await core.dones.flush();
  await core.removal.settled();
  core.closeFiles();
  guard.giveBack(error);
  await ownership.release();
}
