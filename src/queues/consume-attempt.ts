import type { Clock } from '../clock.ts';
import { HandlerTimeoutError } from '../errors.ts';
import { onAbort } from './consume-abort.ts';

/** What a handler gets besides its item. */
export interface HandlerContext {
  /** Aborts when the claim is lost, the time is over or the work is forced to end. What returns afterwards is not counted as done. */
  readonly signal: AbortSignal;
}

/**
 * Works on one item. Its return means done, its throw a failed attempt, a thrown `PermanentError` that no other helps.
 * One that settles its item itself is counted as it did.
 */
export type Handler<I> = (item: I, context: HandlerContext) => unknown;

/** How a call of the handler ended. */
export type Outcome =
  /** It came to its end undisturbed. */
  | { readonly kind: 'returned' }
  /** It threw, or took longer than it may. */
  | { readonly kind: 'threw'; readonly error: unknown }
  /** The claim went while it ran. */
  | { readonly kind: 'lost' }
  /** It was told to stop. */
  | { readonly kind: 'forced' };

/** What can end a call before its time. */
export interface AttemptLimits {
  readonly id: string;
  readonly clock: Clock;
  readonly timeoutMs: number | undefined;
  /** Aborts when the item is no longer ours. */
  readonly lost: AbortSignal;
  /** Aborts when the work is to stop now. */
  readonly forced: AbortSignal;
}

/** How long a handler that was told to stop is waited for, so that what it started can end before others start it again. */
const FORCE_GRACE_MS = 1_000;

/**
 * Calls the handler and waits for its end, however long that takes: only what was forced is left to itself after a second.
 *
 * The first cut decides: what returns after its signal aborted may have stopped half way, so it never counts as done.
 */
export async function attempt(call: (signal: AbortSignal) => unknown, limits: AttemptLimits): Promise<Outcome> {
  const { id, clock, timeoutMs, lost, forced } = limits;
  if (lost.aborted) return { kind: 'lost' };
  const controller = new AbortController();
  let cut: Outcome | undefined;
  const stop = (outcome: Outcome, reason: unknown): void => {
    cut ??= outcome;
    controller.abort(reason);
  };

  const cleanups: (() => void)[] = [];
  const abandoned = new Promise<Outcome>((resolve) => {
    const force = (): void => {
      stop({ kind: 'forced' }, forced.reason);
      cleanups.push(clock.after(FORCE_GRACE_MS, () => resolve({ kind: 'forced' })));
    };
    cleanups.push(onAbort(forced, force));
  });
  cleanups.push(onAbort(lost, () => stop({ kind: 'lost' }, lost.reason)));
  const expire = (): void => {
    const error = new HandlerTimeoutError(id, timeoutMs ?? 0);
    stop({ kind: 'threw', error }, error);
  };
  if (timeoutMs !== undefined) cleanups.push(clock.after(timeoutMs, expire));

  const ended = await Promise.race([run(call, controller.signal), abandoned]);
  for (const clean of cleanups) clean();
  return cut ?? ended;
}

/** Never rejects, so a body that was left to itself fails unheard. */
async function run(call: (signal: AbortSignal) => unknown, signal: AbortSignal): Promise<Outcome> {
  try {
    await call(signal);
    return { kind: 'returned' };
  } catch (error) {
    return { kind: 'threw', error };
  }
}
