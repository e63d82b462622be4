import { Deferred } from '../journals/deferred.ts';

/** Those who wait until all that is to be delivered is done or given up. */
export class Joining {
  #waiting: Deferred<void>[] = [];

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  wait(): Deferred<void> {
    const waiting = new Deferred<void>();
    this.#waiting.push(waiting);
    return waiting;
  }

  leave(waiting: Deferred<void>): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
  }

  /** All is done. */
  resolve(): void {
    for (const waiting of this.#waiting.splice(0)) waiting.resolve();
  }

  reject(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
