import type { Clock } from '../clock.ts';
import { type Codec, encodeValue } from '../formats/codec.ts';
import type { Footing } from '../journals/footing.ts';
import type { Holdings } from '../journals/holdings.ts';
import type { KeyRegistry } from '../journals/key-registry.ts';
import type { ScanContext } from '../journals/message-scan.ts';
import { Room, type WaitOptions } from './room.ts';
import { type PayloadSchema, validate } from './schema.ts';

/** What a message has to be given before it is put. */
export interface ReservingHost<T> {
  readonly context: ScanContext;
  readonly clock: Clock;
  readonly codec: Codec<T> | undefined;
  readonly schema: PayloadSchema<T> | undefined;
  readonly capacity: number | undefined;
  readonly holdings: Holdings;
  readonly keys: KeyRegistry;
  readonly footing: Pick<Footing, 'all'>;
  assertOpen(operation: string): void;
}

/** What is taken for messages that are being put. */
export interface Reserved {
  readonly keys: string[];
  count: number;
}

/** Keys and places of messages that are on their way to the disk. */
export class Reservations<T> {
  readonly #queue: ReservingHost<T>;
  #room: Room | undefined;
  #measuring: Promise<Room> | undefined;
  #end: Error | undefined;

  constructor(queue: ReservingHost<T>) {
    this.#queue = queue;
  }

  /** Checks a value and takes its key and a place for it. The text to be put; undefined if its key is taken. */
  async reserve(value: T, key: string | undefined, options: WaitOptions): Promise<string | undefined> {
    const { schema, codec, keys, footing, capacity } = this.#queue;
    this.#queue.assertOpen('put');
    if (schema !== undefined) await validate(schema, value);
    const text = encodeValue(codec, value);
    const room = capacity === undefined ? undefined : await this.#findRoom(capacity);
    if (key !== undefined && !(await keys.take(key))) {
      // Whoever is told that its message is there already puts it no more: so it has to be safe, whoever put it.
      await footing.all();
      return undefined;
    }
    try {
      await room?.take(options);
      this.#queue.assertOpen('put');
      return text;
    } catch (error) {
      if (key !== undefined) keys.giveBack(key);
      throw error;
    }
  }

  /** What was reserved is kept once it is put, and given back if that is refused. */
  async settle(reserved: Reserved, put: () => Promise<true>): Promise<true> {
    const { keys } = this.#queue;
    try {
      await put();
      for (const key of reserved.keys) keys.keep(key);
      return true;
    } catch (error) {
      for (const key of reserved.keys) keys.giveBack(key);
      this.outstanding(-reserved.count);
      throw error;
    }
  }

  /** So many messages are outstanding more. What is before the room is measured is measured with it. */
  outstanding(change: number): void {
    this.#room?.change(change);
  }

  /** Ends the wait for room: nobody waits for it any more. */
  close(error: Error): void {
    this.#end ??= error;
    this.#room?.close(error);
  }

  #findRoom(capacity: number): Promise<Room> {
    if (this.#room !== undefined) return Promise.resolve(this.#room);
    // A disk that refuses is asked again by the next put.
    this.#measuring ??= this.#measure(capacity).finally(() => (this.#measuring = undefined));
    return this.#measuring;
  }

  async #measure(capacity: number): Promise<Room> {
    const { holdings, context, clock } = this.#queue;
    await holdings.count(context);
    const room = new Room(capacity, holdings.unfinished, context.directory, clock);
    // The end came while it was measured: who would wait in it now would wait for ever.
    if (this.#end !== undefined) room.close(this.#end);
    return (this.#room = room);
  }
}
