import { onAbort } from './consume-abort.ts';
import type { Handler } from './consume-attempt.ts';
import { checkConsumeOptions, type ConsumeOptions } from './consume-options.ts';
import type { ConsumeReport } from './consume-report.ts';
import { onShutdownSignal, type ShutdownSignal } from './consume-signals.ts';
import { Consumption } from './consumption.ts';
import type { ConsumableQueue, SettleableItem } from './queue.ts';

export type { Handler, HandlerContext } from './consume-attempt.ts';
export type { BackoffOptions, ConsumeOptions } from './consume-options.ts';
export type { ConsumeCounts, ConsumeError, ConsumeProgress, ConsumeReport, Interruption } from './consume-report.ts';

/**
 * Works off a queue: `handler` is called with one item after the other, `concurrency` at a time, until the queue has no
 * more. A failed item waits, its slot freed, and comes again until its attempts are used up.
 *
 * Resolves with what was done, also when it was interrupted. Rejects with the error that stopped it: a handler's, for an
 * item that was given up under `onError: 'stop'`, or the queue's. Either way nothing that it took is held any more, but for
 * an item whose end the queue could not write down. After a crash all that was taken and not done comes again, its attempt counted.
 *
 * @throws TypeError for an option that is wrong or unknown
 */
export async function consume<I extends SettleableItem>(
  queue: ConsumableQueue<I>,
  handler: Handler<I>,
  options: ConsumeOptions = {},
): Promise<ConsumeReport> {
  if (typeof handler !== 'function') throw new TypeError(`consume: expected is a function as the handler, got ${typeof handler}.`);
  const settings = checkConsumeOptions(options);
  const { signal, forceSignal, handleSignals, clock } = settings;
  const work = new Consumption(queue, handler, settings);
  const drain = (by: ShutdownSignal | null = null): void => work.interrupt('drained', by);
  const force = (by: ShutdownSignal | null = null): void => work.interrupt('forced', by);
  const cleanups = [
    handleSignals ? onShutdownSignal(clock, drain, force) : () => {},
    signal ? onAbort(signal, () => drain()) : () => {},
    forceSignal ? onAbort(forceSignal, () => force()) : () => {},
  ];
  try {
    return await work.finish();
  } finally {
    for (const clean of cleanups) clean();
  }
}
