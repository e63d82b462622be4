import type { Clock } from '../clock.ts';
import { HandlerTimeoutError } from './handler-errors.ts';
import { onAbort } from './consume-abort.ts';
import type { SettleableItem } from './queue.ts';

/** What a handler gets besides its item. */
export interface HandlerContext {
  /** Aborts when the claim is lost, the time is over or the work is forced to end. What returns afterwards does not count as done. */
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

/** How long a handler that was told to stop is waited for, so that what it started can end before others start it again. */
const FORCE_GRACE_MS = 1_000;

/**
 * One call of the handler. It is waited for to its end, however long that takes: only what was forced is left to itself
 * after a second. The first cut decides: what returns after its signal aborted may have stopped half way, so it never
 * counts as done.
 */
export class Attempt<I extends SettleableItem> {
  readonly #item: I;
  readonly #clock: Clock;
  readonly #cleanups: (() => void)[] = [];
  #cut: { readonly outcome: Outcome; readonly reason: unknown } | undefined;
  #controller: AbortController | undefined;
  #leave: () => void = () => {};

  constructor(item: I, clock: Clock) {
    this.#item = item;
    this.#clock = clock;
  }

  async run(handler: Handler<I>, timeoutMs: number | undefined): Promise<Outcome> {
    if (timeoutMs !== undefined) this.#cleanups.push(this.#clock.after(timeoutMs, () => this.#expire(timeoutMs)));
    const ended = await new Promise<Outcome>((resolve) => {
      this.#leave = () => resolve({ kind: 'forced' });
      void this.#call(handler).then(resolve);
    });
    for (const clean of this.#cleanups) clean();
    return this.#cut?.outcome ?? ended;
  }

  /** Tells the handler to stop, and does not wait for it much longer. */
  force(reason: unknown): void {
    this.#stop({ kind: 'forced' }, reason);
    this.#cleanups.push(this.#clock.after(FORCE_GRACE_MS, this.#leave));
  }

  /** Never rejects, so a handler that was left to itself fails unheard. */
  async #call(handler: Handler<I>): Promise<Outcome> {
    const signal = (): AbortSignal => this.#signal();
    const context: HandlerContext = {
      get signal() {
        return signal();
      },
    };
    try {
      await handler(this.#item, context);
      return { kind: 'returned' };
    } catch (error) {
      return { kind: 'threw', error };
    }
  }

  /** Made when it is asked for: a signal costs more than all the rest of a call, and most handlers never ask. */
  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cut) this.#controller.abort(this.#cut.reason);
      const { signal } = this.#item;
      this.#cleanups.push(onAbort(signal, () => this.#stop({ kind: 'lost' }, signal.reason)));
    }
    return this.#controller.signal;
  }

  #expire(timeoutMs: number): void {
    const error = new HandlerTimeoutError(this.#item.id, timeoutMs);
    this.#stop({ kind: 'threw', error }, error);
  }

  #stop(outcome: Outcome, reason: unknown): void {
    this.#cut ??= { outcome, reason };
    this.#controller?.abort(reason);
  }
}
