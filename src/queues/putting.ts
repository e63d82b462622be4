import { encodeValue } from '../formats/codec.ts';
import { encodeValues } from '../formats/encode-values.ts';
import type { Backlog } from '../journals/backlog.ts';
import type { PutHooks } from '../journals/put-batch.ts';
import type { PutJournal } from '../journals/put-journal.ts';
import type { Segment } from '../journals/segment.ts';
import { checkOptions, isIterable, show } from './check-options.ts';
import type { Delivery } from './delivery.ts';
import { keyOf, PUT_MANY_RULES, PUT_RULES, type PutManyOptions, type PutOptions } from './put-options.ts';
import { type Reserved, Reservations, type ReservingHost } from './reservations.ts';

/** What putting needs of its queue. */
export interface PuttingHost<T> extends ReservingHost<T> {
  readonly puts: PutJournal;
  readonly own: Backlog<T>;
  readonly delivery: Delivery<T>;
}

/** So many chunks of a long `putMany` may be written and not yet safe. */
const MOST_CHUNKS_AHEAD = 8;

/** Puts messages: checked, with keys and room where the queue has them, one by one or many. */
export class Putting<T> implements PutHooks {
  readonly #queue: PuttingHost<T>;
  readonly #plain: boolean;
  /** What messages that are not plain are given first. */
  readonly reservations: Reservations<T>;
  #flushing = false;
  /** Puts that wait for a key, a schema or room. */
  readonly #underWay = new Set<Promise<boolean>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(queue: PuttingHost<T>) {
    this.#queue = queue;
    this.reservations = new Reservations(queue);
    this.#plain = queue.schema === undefined && queue.capacity === undefined;
  }

  put(value: T, options: PutOptions | undefined): Promise<boolean> {
    if (!this.#plain || options !== undefined) return this.#watch(this.#putSlowly(value, options));
    try {
      this.#queue.assertOpen('put');
      return this.#queue.puts.put(encodeValue(this.#queue.codec, value));
    } catch (error) {
      return this.#watch(Promise.reject<boolean>(error));
    }
  }

  async putMany(values: Iterable<T> | AsyncIterable<T>, options: PutManyOptions<T> = {}): Promise<number> {
    checkOptions('putMany', options, PUT_MANY_RULES);
    if (!isIterable(values) && !isAsyncIterable(values)) throw new TypeError(`putMany takes an iterable of values, got ${show(values)}.`);
    const chunks = new Map<Promise<true>, Reserved>();
    let count = 0;
    try {
      if (this.#plain && options.key === undefined && isIterable(values)) count = await this.#putAll(values, options.signal, chunks);
      else
        for await (const value of values) {
          options.signal?.throwIfAborted();
          const key = keyOf(value, options.key);
          const text = await this.reservations.reserve(value, key, { signal: options.signal });
          if (text === undefined) continue;
          this.#addTo(chunks, this.#queue.puts.putSoon(text, key), key);
          this.#flushSoon();
          count++;
        }
    } finally {
      // Those before a bad one are put: a rerun with keys skips them.
      await this.#queue.puts.flush();
    }
    await Promise.all(chunks.keys());
    return count;
  }

  /** Resolves when all that was put is safe. Rejects if a put failed since this was asked last: nobody may have waited for it. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#queue.puts.flush();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  begun(segment: Segment): void {
    this.#queue.holdings.begin(segment);
  }

  safe(segment: Segment, first: number, texts: readonly string[], bytes: number): void {
    const { holdings, own, delivery } = this.#queue;
    holdings.put(segment, texts.length);
    own.push(segment, first, texts, bytes);
    if (delivery.isAwaited) delivery.serve();
  }

  failed(error: unknown): void {
    this.#failure ??= { error };
  }

  // Waits now and then for what was written, so that the values of a long iterable are not all in memory at once.
  async #putAll(values: Iterable<T>, signal: AbortSignal | undefined, chunks: Map<Promise<true>, Reserved>): Promise<number> {
    const { puts, codec } = this.#queue;
    let count = 0;
    let last: Promise<true> | undefined;
    let ahead = 0;
    for (const texts of encodeValues(codec, values)) {
      signal?.throwIfAborted();
      this.#queue.assertOpen('putMany');
      for (const text of texts) {
        const chunk = puts.putSoon(text);
        count++;
        if (chunk === last) continue;
        chunks.set(chunk, { keys: [], count: 0 });
        last = chunk;
        ahead++;
      }
      if (!puts.isBehind && ahead < MOST_CHUNKS_AHEAD) continue;
      await puts.flush();
      ahead = 0;
    }
    return count;
  }

  async #putSlowly(value: T, options: PutOptions = {}): Promise<boolean> {
    checkOptions('put', options, PUT_RULES);
    const text = await this.reservations.reserve(value, options.key, options);
    if (text === undefined) return false;
    const reserved: Reserved = { keys: options.key === undefined ? [] : [options.key], count: 1 };
    return this.reservations.settle(reserved, async () => {
      this.#queue.assertOpen('put');
      return this.#queue.puts.put(text, options.key);
    });
  }

  // A source that makes us wait, for a value, for room or for a key, does not keep back what it gave before.
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      void this.#queue.puts.flush();
    });
  }

  /** What was reserved for a chunk is kept when it is safe, and given back if it is refused. */
  #addTo(chunks: Map<Promise<true>, Reserved>, chunk: Promise<true>, key: string | undefined): void {
    let reserved = chunks.get(chunk);
    if (reserved === undefined) {
      reserved = { keys: [], count: 0 };
      chunks.set(chunk, reserved);
      void this.reservations.settle(reserved, () => chunk).catch(() => undefined);
    }
    reserved.count++;
    if (key !== undefined) reserved.keys.push(key);
  }

  #watch(put: Promise<boolean>): Promise<boolean> {
    this.#underWay.add(put);
    put.then(
      () => this.#underWay.delete(put),
      (error: unknown) => {
        this.#underWay.delete(put);
        this.failed(error);
      },
    );
    return put;
  }
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
