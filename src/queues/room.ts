import type { Clock } from '../clock.ts';
import { QueueTimeoutError } from '../errors.ts';
import { Deferred } from '../journals/deferred.ts';

export interface WaitOptions {
  /** How long to wait, in milliseconds; then a `QueueTimeoutError`. @default for ever */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Waits for a promise no longer than the options say. `given up` is called if it is not waited for any more. */
export async function waitFor<V>(
  what: { readonly operation: string; readonly where: string; readonly clock: Clock },
  { promise, reject }: Deferred<V>,
  { timeoutMs, signal }: WaitOptions,
  givenUp: () => void,
): Promise<V> {
  const end = (error: unknown): void => {
    givenUp();
    reject(error);
  };
  const onAbort = (): void => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const cancel =
    timeoutMs === undefined
      ? undefined
      : what.clock.after(timeoutMs, () => end(new QueueTimeoutError(what.operation, what.where, timeoutMs)));
  try {
    return await promise;
  } finally {
    cancel?.();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Places for so many messages: who finds none waits in line. */
export class Room {
  readonly #capacity: number;
  readonly #where: string;
  readonly #clock: Clock;
  readonly #line: Deferred<void>[] = [];
  #used: number;
  #end: Error | undefined;

  constructor(capacity: number, used: number, where: string, clock: Clock) {
    this.#capacity = capacity;
    this.#used = used;
    this.#where = where;
    this.#clock = clock;
  }

  /** Resolves when there is a place, and takes it. @throws QueueTimeoutError */
  async take(options: WaitOptions): Promise<void> {
    options.signal?.throwIfAborted();
    if (this.#line.length === 0 && this.#used < this.#capacity) {
      this.#used++;
      return;
    }
    if (this.#end !== undefined) throw this.#end;
    const place = new Deferred<void>();
    this.#line.push(place);
    await waitFor({ operation: 'put', where: this.#where, clock: this.#clock }, place, options, () => {
      const index = this.#line.indexOf(place);
      if (index >= 0) this.#line.splice(index, 1);
    });
  }

  /** So many places are free again, or taken by what nobody asked for. */
  change(used: number): void {
    this.#used += used;
    while (this.#used < this.#capacity && this.#line.length > 0) {
      this.#used++;
      this.#line.shift()?.resolve();
    }
  }

  /** Ends all waiting, now and later. Who finds a place takes it all the same. */
  close(error: Error): void {
    this.#end ??= error;
    for (const place of this.#line.splice(0)) place.reject(error);
  }
}
