import { type Clock, systemClock } from '../clock.ts';
import { OwnerLostError, QueueTimeoutError } from '../errors.ts';
import { Deferred } from '../journals/deferred.ts';
import { AttachedItem, type Operation } from './attached-item.ts';
import { assertEnd } from './channel-end.ts';
import { eachItem } from './each-item.ts';
import type { ConsumableQueue, GetOptions, Item } from './queue.ts';
import { checkGetOptions } from './queue-options.ts';
import { GetCancelledError, parseReply, type Reply, type Request, reviveError, type SentItem } from '../formats/share-message.ts';

/** What is asked of `parentPort`, of a `MessagePort`, and of `process` in a forked child. */
export interface AttachablePort {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  postMessage?(message: unknown): void;
  send?(message: unknown, handle?: unknown, options?: unknown, callback?: (error: Error | null) => void): boolean;
}

/** An owner whose loop is free answers in a millisecond: longer than this, in milliseconds, nobody waits who wants to wait no more. */
const CANCEL_MS = 1_000;
const BYE_MS = 5_000;

// Counted over all queues of a thread: one that is attached after another must not take the other's replies for its own.
let lastNumber = 0;

/**
 * A queue that another process or thread owns. Items are taken and settled as in the owner; what this worker holds when
 * it ends comes again to others at once. When the owner is gone everything rejects with `OwnerLostError`.
 */
export class AttachedQueue<T = unknown> implements ConsumableQueue<Item<T>>, AsyncIterable<Item<T>>, AsyncDisposable {
  readonly #port: AttachablePort;
  readonly #clock: Clock;
  readonly #asked = new Map<number, Deferred<SentItem<T> | undefined>>();
  readonly #held = new Set<AttachedItem<T>>();
  #end: Error | undefined;
  #leaving: Promise<void> | undefined;
  #maxAttempts: number | undefined;

  /** @internal `PersistentQueue.attach` makes it. */
  constructor(port: AttachablePort, clock: Clock = systemClock) {
    assertEnd('attach', port);
    this.#port = port;
    this.#clock = clock;
    port.on('message', this.#onMessage);
    for (const event of ['close', 'disconnect']) port.on(event, this.#lost);
  }

  /** The tries an item has; known once one was taken. */
  get maxAttempts(): number | undefined {
    return this.#maxAttempts;
  }

  /**
   * Waits for the next item. Undefined once the queue is closed and nothing is left. An owner that does not answer, since it
   * is stopped or busy, is waited for a second longer than `timeoutMs` and `signal` say.
   * @throws QueueTimeoutError, OwnerLostError
   */
  async get(options: GetOptions = {}): Promise<Item<T> | undefined> {
    checkGetOptions('get', options);
    return this.#next(options);
  }

  async #next(options: GetOptions): Promise<AttachedItem<T> | undefined> {
    const { timeoutMs, signal } = options;
    signal?.throwIfAborted();
    const number = ++lastNumber;
    const asked = this.#ask({ operation: 'get' }, number);
    const silence = new Deferred<never>();
    const cancel = (): void => {
      this.#post({ dibs: 'request', number: ++lastNumber, operation: 'cancel', of: number });
      stopTimer?.();
      stopTimer = this.#clock.after(CANCEL_MS, () => {
        silence.reject(new GetCancelledError());
        void asked.then((late) => this.#giveBack(late)).catch(() => undefined);
      });
    };
    let stopTimer = timeoutMs === undefined ? undefined : this.#clock.after(timeoutMs, cancel);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return this.#receive(await Promise.race([asked, silence.promise]));
    } catch (error) {
      // The owner knows only that it was cancelled; an item that was on its way already is delivered all the same.
      if (this.#end !== undefined) throw this.#end;
      if (signal?.aborted) throw signal.reason;
      if (timeoutMs !== undefined && error instanceof GetCancelledError)
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
  [Symbol.asyncIterator](): AsyncGenerator<Item<T>, void, void> {
    return eachItem<AttachedItem<T>>({
      next: () => this.#next({}),
      left: async (item) => (item.isOpen ? item.release() : undefined),
    });
  }

  /**
   * Stops using the queue, once the owner has taken back, uncounted, what this worker holds or is about to get. Whoever else
   * listens at the port goes on. An owner that does not answer is waited for at most five seconds: it takes back what there
   * is when it hears of it.
   */
  dispose(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  readonly #onMessage = (message: unknown): void => {
    const reply = parseReply<T>(message);
    if (reply !== null) this.#read(reply);
  };

  async #leave(): Promise<void> {
    if (this.#end === undefined && this.#asked.size + this.#held.size > 0) {
      const answered = this.#ask({ operation: 'bye' });
      this.#end = new OwnerLostError();
      for (const item of this.#held) item.giveBack(this.#end);
      // Deaf before that, it would not hear how what is being settled ended.
      const silence = new Deferred<void>();
      const stopTimer = this.#clock.after(BYE_MS, () => silence.resolve());
      await Promise.race([answered, silence.promise]).catch(() => undefined);
      stopTimer();
    }
    this.#lost();
  }

  readonly #lost = (): void => {
    this.#end ??= new OwnerLostError();
    this.#port.off('message', this.#onMessage);
    for (const event of ['close', 'disconnect']) this.#port.off(event, this.#lost);
    for (const asked of this.#asked.values()) asked.reject(this.#end);
    for (const item of this.#held) item.abort(this.#end);
  };

  #read(reply: Reply<T>): void {
    if (reply.dibs === 'ended') {
      // What this worker asked meanwhile is heard by the queue that the owner shares next, if it does.
      this.#post({ dibs: 'request', number: ++lastNumber, operation: 'bye' });
      return this.#lost();
    }
    if (reply.dibs === 'lost') {
      for (const item of this.#held) if (item.id === reply.id) item.abort(new Error(reply.reason));
      return;
    }
    const asked = this.#asked.get(reply.number);
    this.#asked.delete(reply.number);
    if (reply.error !== undefined) asked?.reject(reviveError(reply.error));
    else asked?.resolve(reply.item);
  }

  #receive(sent: SentItem<T> | undefined): AttachedItem<T> | undefined {
    if (this.#end !== undefined) throw this.#end;
    if (sent === undefined) return undefined;
    this.#maxAttempts = sent.maxAttempts;
    const item = new AttachedItem<T>(sent, async (operation, settled) => {
      await this.#ask(operation);
      this.#held.delete(settled);
    });
    this.#held.add(item);
    return item;
  }

  /** Nobody waits for it any more, and no attempt was made. */
  #giveBack(late: SentItem<T> | undefined): void {
    // Who leaves gives back all of it.
    if (late === undefined || this.#end !== undefined) return;
    this.#post({ dibs: 'request', number: ++lastNumber, operation: 'release', id: late.id });
  }

  #ask(operation: Operation, number = ++lastNumber): Promise<SentItem<T> | undefined> {
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
