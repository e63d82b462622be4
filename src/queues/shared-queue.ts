import { PermanentError, QueueClosedError } from '../errors.ts';
import { describeFailure } from '../formats/failure-reason.ts';
import type { QueueCore } from './queue-core.ts';
import type { QueueItem } from './queue-item.ts';
import { describeError, GetCancelledError, parseRequest, type Reply, type Request } from '../formats/share-message.ts';
import { assertEnd } from './channel-end.ts';
import { Consumer } from './consumer.ts';

/** What is asked of a `Worker`, a `ChildProcess` and a `MessagePort` alike. */
export interface SharedEnd {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  postMessage?(message: unknown): void;
  send?(message: unknown, callback?: (error: Error | null) => void): boolean;
  start?(): void;
}

/** A thread exits, a child disconnects or exits, a port closes. */
const ENDINGS = ['exit', 'disconnect', 'close'] as const;

/** Whom this process gives items, and of which directory: two queues would both answer what a worker asks once. */
const sharedWith = new WeakMap<SharedEnd, string>();

/** Gives items to a worker on request. What it holds when it ends is given to others at once. The result ends the sharing. */
export function shareQueue<T>(core: QueueCore<T>, worker: SharedEnd): () => void {
  const { directory } = core.opened.context;
  assertEnd('share', worker);
  if (core.state === 'disposed') throw new QueueClosedError('share', directory, 'disposed');
  const other = sharedWith.get(worker);
  if (other !== undefined)
    throw new TypeError(
      `share on ${directory}: this worker is given the items of ${other} already. End that first: call what its \`share\` returned.`,
    );
  const sharing = new Sharing(core, worker);
  return () => sharing.stop();
}

class Sharing<T> {
  readonly #core: QueueCore<T>;
  readonly #worker: SharedEnd;
  readonly #consumer = new Consumer<QueueItem<T>>();
  readonly #items = new Map<string, QueueItem<T>>();
  readonly #waiting = new Map<number, AbortController>();
  readonly #answering = new Set<Promise<void>>();
  /** How often the worker said it: what it asked before that, nobody waits for. */
  #byes = 0;
  #ended = false;

  constructor(core: QueueCore<T>, worker: SharedEnd) {
    this.#core = core;
    this.#worker = worker;
    core.consumers.add(this.#consumer);
    core.sharings.add(this);
    sharedWith.set(worker, core.opened.context.directory);
    worker.on('message', this.#onMessage);
    for (const event of ENDINGS) worker.on(event, this.#end);
    worker.start?.();
  }

  stop(): void {
    this.#post({ dibs: 'ended' });
    this.#end();
  }

  readonly #onMessage = (message: unknown): void => {
    const request = parseRequest(message);
    if (request === null || this.#ended) return;
    const answer = this.#answer(request);
    this.#answering.add(answer);
    void answer.finally(() => this.#answering.delete(answer));
  };

  // A worker that ends gives its items back; nobody waits for it any more.
  readonly #end = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.#worker.off('message', this.#onMessage);
    for (const event of ENDINGS) this.#worker.off(event, this.#end);
    const reason = new Error('the worker ended');
    for (const waiting of this.#waiting.values()) waiting.abort(reason);
    sharedWith.delete(this.#worker);
    this.#core.sharings.delete(this);
    // Whoever disposes of the queue gives back what is held, uncounted.
    if (this.#core.state === 'disposed') return;
    void this.#core.settling.lose(this.#consumer, reason).finally(() => this.#core.consumers.delete(this.#consumer));
  };

  async #answer(request: Request): Promise<void> {
    const { number } = request;
    const byes = this.#byes;
    try {
      const item = await this.#serve(request);
      if (item === undefined) this.#post({ dibs: 'reply', number });
      // Nobody saw it: the worker ended, or left, while its item was on the way.
      else if (this.#ended || byes !== this.#byes) await item.release();
      else await this.#hand(number, item);
    } catch (error) {
      this.#post({ dibs: 'reply', number, error: describeError(error) });
    }
  }

  async #serve(request: Request): Promise<QueueItem<T> | undefined> {
    const { operation, id = '' } = request;
    if (operation === 'get') return this.#get(request.number);
    if (operation === 'tryGet') return this.#core.taking.tryGet(this.#consumer);
    if (operation === 'cancel') {
      this.#waiting.get(request.of ?? -1)?.abort(new GetCancelledError());
      return undefined;
    }
    if (operation === 'bye') return this.#takeBack();
    const item = this.#items.get(id);
    if (item === undefined) throw new Error(`${operation} on ${id}, which this worker does not hold.`);
    if (operation === 'fail') await item.fail(reviveReason(request));
    else await item[operation]();
    this.#items.delete(id);
    return undefined;
  }

  async #get(number: number): Promise<QueueItem<T> | undefined> {
    const waiting = new AbortController();
    this.#waiting.set(number, waiting);
    try {
      return await this.#core.taking.get(this.#consumer, { signal: waiting.signal });
    } finally {
      this.#waiting.delete(number);
    }
  }

  // Answered last: whoever has that answer knows that nothing is on the way any more.
  async #takeBack(): Promise<undefined> {
    this.#byes++;
    for (const waiting of this.#waiting.values()) waiting.abort(new GetCancelledError());
    const held = [...this.#items.values()];
    this.#items.clear();
    // This answer is not among them yet.
    await Promise.all(this.#answering);
    await Promise.all(held.filter(({ state }) => state === 'taken').map((item) => item.release()));
  }

  async #hand(number: number, item: QueueItem<T>): Promise<void> {
    const { id, attempt, value } = item;
    this.#items.set(id, item);
    item.signal.addEventListener('abort', () => this.#post({ dibs: 'lost', id, reason: describeFailure(item.signal.reason).message }), {
      once: true,
    });
    try {
      this.#send({ dibs: 'reply', number, item: { id, attempt, value, maxAttempts: this.#core.maxAttempts } });
    } catch (error) {
      // A value that can't be sent: another try would not send it either.
      this.#items.delete(id);
      await item.fail(new PermanentError(`its value can't be sent to a worker: ${describeFailure(error).message}`, { cause: error }));
      throw error;
    }
  }

  #post(reply: Reply): void {
    // The worker may have a share in another queue by now.
    if (this.#ended) return;
    try {
      this.#send(reply);
    } catch {
      // The channel is closed: its end is told too, or was.
      this.#end();
    }
  }

  #send(reply: Reply): void {
    if (this.#worker.postMessage !== undefined) this.#worker.postMessage(reply);
    else this.#worker.send?.(reply, (error) => error !== null && this.#end());
  }
}

function reviveReason({ error, permanent }: Request): Error {
  const { name = 'Error', message = '', stack } = error ?? {};
  const revived = permanent ? new PermanentError(message) : new Error(message);
  revived.name = name;
  if (stack !== undefined) revived.stack = stack;
  return revived;
}
