/** A message that was put. */
export interface PutFile {
  /** Its own name. */
  readonly name: string;
  /** Where it lay when it was put: a reader may have it by now. */
  readonly path: string;
}

/**
 * A put that is under way: a promise that knows whether anybody waits for it. What fails unheard is told by `flush` and
 * `close`, and what its caller heard of is not told twice.
 */
export class PendingPut implements Promise<PutFile> {
  readonly [Symbol.toStringTag] = 'Promise';
  readonly #promise: Promise<PutFile>;
  #isHeard = false;

  constructor(promise: Promise<PutFile>) {
    this.#promise = promise;
  }

  /** Whether somebody waits for it. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  then<R = PutFile, E = never>(
    onDone?: ((value: PutFile) => R | PromiseLike<R>) | null,
    onError?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    this.#isHeard = true;
    return this.#promise.then(onDone, onError);
  }

  catch<E = never>(onError?: ((reason: unknown) => E | PromiseLike<E>) | null): Promise<PutFile | E> {
    return this.then(null, onError);
  }

  finally(onEnd?: (() => void) | null): Promise<PutFile> {
    this.#isHeard = true;
    return this.#promise.finally(onEnd);
  }
}
