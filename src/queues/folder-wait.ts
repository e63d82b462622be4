import type { Clock } from '../clock.ts';
import { QueueTimeoutError } from '../errors.ts';
import { Deferred } from '../journals/deferred.ts';
import type { WaitOptions } from './room.ts';

export interface FolderWaitOptions extends WaitOptions {
  readonly directory: string;
  readonly clock: Clock;
}

/** What tells of changes. */
export interface ChangeSource {
  /** Resolves when more changes than so many were noticed. */
  after(count: number): Promise<void>;
  /** Begins to notice changes; what it gives ends that. */
  watch(): () => void;
}

/** One who waits, for one look after the other, until its time is over or its signal aborts. */
export class FolderWait {
  readonly #options: FolderWaitOptions;
  readonly #source: ChangeSource;
  readonly #onEnd: () => void;
  readonly #began: number;
  #error: { readonly error: unknown } | undefined;
  #waiting: Deferred<never> | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: FolderWaitOptions, source: ChangeSource, onEnd: () => void) {
    this.#options = options;
    this.#source = source;
    this.#onEnd = onEnd;
    const { signal, timeoutMs, clock } = options;
    this.#began = timeoutMs === undefined ? 0 : clock.monotonic();
    if (signal?.aborted) this.#abort();
    signal?.addEventListener('abort', this.#abort);
  }

  /** The same as `what`, or, sooner, why it is not to be waited for any more. */
  async for<T>(what: Promise<T>): Promise<T> {
    if (this.#error) throw this.#error.error;
    const failing = (this.#waiting = new Deferred<never>());
    return Promise.race([what, failing.promise]);
  }

  /** Waits for a change after the look for which this count was remembered. @throws QueueTimeoutError, the signal's reason */
  async forChange(count: number): Promise<void> {
    const { timeoutMs, clock, directory } = this.#options;
    this.#unwatch ??= this.#source.watch();
    const change = this.#source.after(count);
    if (timeoutMs === undefined) return this.for(change);
    const left = timeoutMs - (clock.monotonic() - this.#began);
    const inVain = (): Error => new QueueTimeoutError('get', directory, timeoutMs);
    // Not left to the timer: where something happens all the time it would never have its turn.
    if (left <= 0) throw inVain();
    const cancel = clock.after(left, () => this.fail(inVain()));
    try {
      await this.for(change);
    } finally {
      cancel();
    }
  }

  fail(error: unknown): void {
    this.#error ??= { error };
    this.#waiting?.reject(this.#error.error);
  }

  end(): void {
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#unwatch?.();
    this.#onEnd();
  }

  readonly #abort = (): void => this.fail(this.#options.signal?.reason);
}
