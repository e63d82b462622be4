import { QueueBrokenError } from '../errors.ts';
import { QueueTakenError } from '../fs/ownership-errors.ts';

/** Whether this process may still acknowledge anything: it owns the queue, and knows what the disk holds. */
export class QueueGuard {
  readonly #directory: string;
  readonly #isStillOurs: () => boolean;
  #end: Error | undefined;

  constructor(directory: string, isStillOurs: () => boolean) {
    this.#directory = directory;
    this.#isStillOurs = isStillOurs;
  }

  /** Why everything is refused, once it is. */
  get end(): Error | undefined {
    return this.#end;
  }

  /** The queue is given back: from now on this is why everything is refused, unless there is a reason already. */
  giveBack(error: Error): void {
    this.#end ??= error;
  }

  /** Throws once a sync has failed, or the queue was taken or given back: nothing more is written then. */
  assertWhole(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /**
   * Looks whether the queue was taken over. A successor removes our owner file before it reads a journal, so what was
   * written before a look that still found it is in what the successor reads: it may be acknowledged.
   */
  assertOurs(): void {
    this.assertWhole();
    let isOurs: boolean;
    try {
      isOurs = this.#isStillOurs();
    } catch (cause) {
      // What was written is there; whether it counts can't be told any more.
      this.#end = new QueueBrokenError(this.#directory, { cause });
      throw this.#end;
    }
    if (isOurs) return;
    this.#end = new QueueTakenError(this.#directory);
    throw this.#end;
  }

  /** Remembers an error after which it is unknown what the disk holds. Gives it back. */
  refused(error: unknown): unknown {
    if (error instanceof QueueBrokenError || error instanceof QueueTakenError) this.#end ??= error;
    return error;
  }
}
