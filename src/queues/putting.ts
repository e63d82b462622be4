import type { Clock } from '../clock.ts';
import { type Codec, encodeValue } from '../formats/codec.ts';
import type { Holdings } from '../journals/holdings.ts';
import type { KeyRegistry } from '../journals/key-registry.ts';
import type { ScanContext } from '../journals/message-scan.ts';
import type { PutJournal } from '../journals/put-journal.ts';
import { checkOptions, type OptionRules } from './check-options.ts';
import { Room } from './room.ts';
import { type PayloadSchema, validate } from './schema.ts';

export interface PutOptions {
  /** The message is refused if one with this key was put in this load, done or not. */
  readonly key?: string;
  /** How long to wait for room, in milliseconds; then a `QueueTimeoutError`. @default for ever */
  readonly timeoutMs?: number;
  /** Ends the wait for room with its reason; nothing is put. */
  readonly signal?: AbortSignal;
}

export interface PutManyOptions<T> {
  /** The key of each value, if it is to have one. */
  readonly key?: (value: T) => string | undefined;
  /** Ends the putting with its reason; what was put before stays. */
  readonly signal?: AbortSignal;
}

const isSignal = { wants: 'an AbortSignal', test: (value: unknown) => value instanceof AbortSignal };
const PUT_RULES: OptionRules = {
  key: { wants: 'a string', test: (value) => typeof value === 'string' },
  timeoutMs: { wants: 'milliseconds, from 0', test: (value) => typeof value === 'number' && value >= 0 },
  signal: isSignal,
};
const PUT_MANY_RULES: OptionRules = { key: { wants: 'a function', test: (value) => typeof value === 'function' }, signal: isSignal };

export interface PuttingOptions<T> {
  readonly context: ScanContext;
  readonly clock: Clock;
  readonly codec: Codec<T> | undefined;
  readonly schema: PayloadSchema<T> | undefined;
  readonly capacity: number | undefined;
  readonly holdings: Holdings;
  readonly keys: KeyRegistry;
  readonly journal: () => PutJournal;
  readonly assertOpen: (operation: string) => void;
}

/** Puts messages: checked, with keys and room where the queue has them, one by one or many. */
export class Putting<T> {
  readonly #options: PuttingOptions<T>;
  readonly #plain: boolean;
  #room: Promise<Room> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: PuttingOptions<T>) {
    this.#options = options;
    this.#plain = options.schema === undefined && options.capacity === undefined;
  }

  put(value: T, options: PutOptions | undefined): Promise<boolean> {
    if (!this.#plain || options !== undefined) return this.#watch(this.#putSlowly(value, options));
    try {
      this.#options.assertOpen('put');
      return this.#options.journal().put(encodeValue(this.#options.codec, value));
    } catch (error) {
      return this.#watch(Promise.reject<boolean>(error));
    }
  }

  async putMany(values: Iterable<T> | AsyncIterable<T>, options: PutManyOptions<T> = {}): Promise<number> {
    checkOptions('putMany', options, PUT_MANY_RULES);
    const chunks = new Set<Promise<true>>();
    let count = 0;
    try {
      if (this.#plain && options.key === undefined && Symbol.iterator in values) count = this.#putAll(values, options.signal, chunks);
      else
        for await (const value of values) {
          options.signal?.throwIfAborted();
          if (await this.#putSoon(value, options.key?.(value), chunks)) count++;
        }
    } finally {
      // Those before a bad one are put: a rerun with keys skips them.
      await this.#options.journal().flush();
    }
    await Promise.all(chunks);
    return count;
  }

  /** Resolves when all that was put is safe. Rejects if a put failed since this was asked last: nobody may have waited for it. */
  async flush(): Promise<void> {
    await this.#options.journal().flush();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** A put failed. */
  failed(error: unknown): void {
    this.#failure ??= { error };
  }

  /** So many messages are outstanding more. */
  outstanding(change: number): void {
    void this.#room?.then((room) => room.change(change), () => undefined);
  }

  /** Ends the wait for room. */
  close(error: unknown): void {
    void this.#room?.then((room) => room.close(error), () => undefined);
  }

  #putAll(values: Iterable<T>, signal: AbortSignal | undefined, chunks: Set<Promise<true>>): number {
    const { journal, codec, assertOpen } = this.#options;
    const puts = journal();
    let count = 0;
    let last: Promise<true> | undefined;
    for (const value of values) {
      signal?.throwIfAborted();
      if (count % 1024 === 0) assertOpen('putMany');
      const chunk = puts.putSoon(encodeValue(codec, value));
      if (chunk !== last) chunks.add(chunk);
      last = chunk;
      count++;
    }
    return count;
  }

  async #putSlowly(value: T, options: PutOptions = {}): Promise<boolean> {
    checkOptions('put', options, PUT_RULES);
    const journal = this.#options.journal();
    return this.#prepare(value, options.key, options, (text) => journal.put(text, options.key));
  }

  #putSoon(value: T, key: string | undefined, chunks: Set<Promise<true>>): Promise<boolean> {
    const journal = this.#options.journal();
    return this.#prepare(value, key, {}, async (text) => {
      const chunk = journal.putSoon(text, key);
      chunks.add(chunk);
      if (key !== undefined) chunk.catch(() => this.#options.keys.giveBack(key));
      return true;
    });
  }

  async #prepare(value: T, key: string | undefined, options: PutOptions, put: (text: string) => Promise<true>): Promise<boolean> {
    const { assertOpen, schema, codec, keys } = this.#options;
    assertOpen('put');
    if (schema !== undefined) await validate(schema, value);
    const text = encodeValue(codec, value);
    if (key !== undefined && !keys.isLoaded) await keys.load();
    const room = this.#options.capacity === undefined ? undefined : await this.#findRoom(this.#options.capacity);
    if (key !== undefined && !keys.take(key)) return false;
    try {
      await room?.take(options);
      try {
        assertOpen('put');
        return await put(text);
      } catch (error) {
        room?.change(-1);
        throw error;
      }
    } catch (error) {
      if (key !== undefined) keys.giveBack(key);
      throw error;
    }
  }

  #findRoom(capacity: number): Promise<Room> {
    const { holdings, context, clock } = this.#options;
    this.#room ??= holdings.count(context).then(() => new Room(capacity, holdings.unfinished, context.directory, clock));
    return this.#room;
  }

  #watch(put: Promise<boolean>): Promise<boolean> {
    put.catch((error: unknown) => this.failed(error));
    return put;
  }
}
