import { systemClock } from '../clock.ts';
import { OwnerLostError, QueueTimeoutError } from '../errors.ts';
import { Deferred } from '../journals/deferred.ts';
import { AttachedItem, type Operation } from './attached-item.ts';
import type { ConsumableQueue, GetOptions, Item } from './queue.ts';
import { checkGetOptions } from './queue-options.ts';
import { parseReply, type Reply, type Request, reviveError, type SentItem } from '../formats/share-message.ts';

/** What is asked of `parentPort`, of a `MessagePort`, and of `process` in a forked child. */
export interface AttachablePort {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  postMessage?(message: unknown): void;
  send?(message: unknown, handle?: unknown, options?: unknown, callback?: (error: Error | null) => void): boolean;
  ref?(): void;
  unref?(): void;
}

/**
 * A queue that another process or thread owns. Items are taken and settled as in the owner; what this worker holds when
 * it ends comes again to others at once. When the owner is gone everything rejects with `OwnerLostError`.
 */
export class AttachedQueue<T = unknown> implements ConsumableQueue<Item<T>>, AsyncIterable<Item<T>>, AsyncDisposable {
  readonly #port: AttachablePort;
  readonly #asked = new Map<number, Deferred<SentItem<T> | undefined>>();
  readonly #held = new Set<AttachedItem<T>>();
  #number = 0;
  #end: Error | undefined;
  #maxAttempts: number | undefined;

  /** @internal `PersistentQueue.attach` makes it. */
  constructor(port: AttachablePort) {
    this.#port = port;
    port.on('message', this.#onMessage);
    for (const event of ['close', 'disconnect']) port.on(event, this.#lost);
  }

  /** The tries an item has; known once one was taken. */
  get maxAttempts(): number | undefined {
    return this.#maxAttempts;
  }

  /** Waits for the next item. Undefined once the queue is closed and nothing is left. @throws QueueTimeoutError, OwnerLostError */
  async get(options: GetOptions = {}): Promise<Item<T> | undefined> {
    checkGetOptions('get', options);
    const { timeoutMs, signal } = options;
    signal?.throwIfAborted();
    const number = ++this.#number;
    const asked = this.#ask({ operation: 'get' }, number);
    const cancel = (): void => this.#post({ dibs: 'request', number: ++this.#number, operation: 'cancel', of: number });
    const stopTimer = timeoutMs === undefined ? undefined : systemClock.after(timeoutMs, cancel);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return this.#receive(await asked);
    } catch (error) {
      // The owner knows only that it was cancelled; an item that was on its way already is delivered all the same.
      if (this.#end !== undefined) throw error;
      if (signal?.aborted) throw signal.reason;
      if (timeoutMs !== undefined && isCancelled(error))
        throw new QueueTimeoutError('get', 'the shared queue', timeoutMs, { cause: error });
      throw error;
    } finally {
      stopTimer?.();
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** The next item if one is there now. */
  async tryGet(): Promise<Item<T> | undefined> {
    return this.#receive(await this.#ask({ operation: 'tryGet' }));
  }

  /** Item after item, until the queue is closed and empty. A break or a throw gives the last one back. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item<T>, void, void> {
    let last: Item<T> | undefined;
    try {
      for (;;) {
        last = await this.get();
        if (last === undefined) return;
        yield last;
        last = undefined;
      }
    } finally {
      if (last instanceof AttachedItem && last.isOpen) await last.release();
    }
  }

  /** Stops using the queue: what this worker holds is given back, uncounted. */
  async dispose(): Promise<void> {
    if (this.#end === undefined)
      await Promise.all([...this.#held].filter((item) => item.isOpen).map((item) => item.release().catch(() => undefined)));
    this.#lost();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  readonly #onMessage = (message: unknown): void => {
    const reply = parseReply<T>(message);
    if (reply !== null) this.#read(reply);
  };

  readonly #lost = (): void => {
    if (this.#end !== undefined) return;
    this.#end = new OwnerLostError();
    this.#port.off('message', this.#onMessage);
    for (const event of ['close', 'disconnect']) this.#port.off(event, this.#lost);
    // A port that nobody listens at keeps no thread alive.
    this.#port.unref?.();
    for (const asked of this.#asked.values()) asked.reject(this.#end);
    for (const item of this.#held) item.abort(this.#end);
  };

  #read(reply: Reply<T>): void {
    if (reply.dibs === 'ended') return this.#lost();
    if (reply.dibs === 'lost') {
      for (const item of this.#held) if (item.id === reply.id) item.abort(new Error(reply.reason));
      return;
    }
    const asked = this.#asked.get(reply.number);
    this.#asked.delete(reply.number);
    if (reply.error !== undefined) asked?.reject(reviveError(reply.error));
    else asked?.resolve(reply.item);
  }

  #receive(sent: SentItem<T> | undefined): Item<T> | undefined {
    if (sent === undefined) return undefined;
    this.#maxAttempts = sent.maxAttempts;
    const item = new AttachedItem<T>(sent, async (operation, settled) => {
      await this.#ask(operation);
      this.#held.delete(settled);
    });
    this.#held.add(item);
    return item;
  }

  #ask(operation: Operation, number = ++this.#number): Promise<SentItem<T> | undefined> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const asked = new Deferred<SentItem<T> | undefined>();
    this.#asked.set(number, asked);
    this.#post({ dibs: 'request', number, ...operation });
    return asked.promise;
  }

  #post(request: Request): void {
    try {
      if (this.#port.postMessage !== undefined) this.#port.postMessage(request);
      else if (this.#port.send === undefined) this.#lost();
      else this.#port.send(request, undefined, undefined, (error) => error !== null && this.#lost());
    } catch {
      this.#lost();
    }
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.message === 'it is not waited for any more';
}
