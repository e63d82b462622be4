import { type Codec, type Decoded, decodeTogether, decodeValue } from '../formats/codec.ts';
import type { Message } from './segment.ts';

/** So many may wait in memory; the rest is read back when its turn comes. */
const MOST_MESSAGES = 2048;
/** The same in characters, for long messages. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** So many texts are parsed in one call. */
const TOGETHER = 64;

/** A message with its value. */
export interface Ready<T> {
  readonly message: Message;
  readonly value: Decoded<T>;
}

/** Messages that wait in memory, as text: parsed a few at a time when their turn comes. */
export class MessageWindow<T> {
  readonly #codec: Codec<T> | undefined;
  #messages: Message[] = [];
  #head = 0;
  #characters = 0;
  /** Values of the messages from `#head` on, as far as they were parsed. */
  #values: readonly T[] = [];
  #nextValue = 0;

  constructor(codec: Codec<T> | undefined) {
    this.#codec = codec;
  }

  get size(): number {
    return this.#messages.length - this.#head;
  }

  get hasRoom(): boolean {
    return this.size < MOST_MESSAGES && this.#characters < MOST_CHARACTERS;
  }

  get first(): Message | undefined {
    return this.#messages[this.#head];
  }

  push(message: Message): void {
    this.#messages.push(message);
    this.#characters += message.text.length;
  }

  shift(): Ready<T> | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    const value = this.#decode(message);
    this.#head++;
    this.#characters -= message.text.length;
    if (this.#head === this.#messages.length) {
      this.#messages = [];
      this.#head = 0;
    }
    return { message, value };
  }

  /** Drops what is finished otherwise. */
  purge(isFinished: (message: Message) => boolean): void {
    this.#messages = this.#messages.slice(this.#head).filter((message) => !isFinished(message));
    this.#head = 0;
    this.#values = [];
    this.#nextValue = 0;
    this.#characters = this.#messages.reduce((sum, { text }) => sum + text.length, 0);
  }

  #decode(message: Message): Decoded<T> {
    if (this.#codec !== undefined) return decodeValue(this.#codec, message.text);
    if (this.#nextValue >= this.#values.length) {
      const values = decodeTogether<T>(this.#messages.slice(this.#head, this.#head + TOGETHER).map(({ text }) => text));
      if (values === null) return decodeValue(undefined, message.text);
      this.#values = values;
      this.#nextValue = 0;
    }
    const value = this.#values[this.#nextValue++];
    // Only a text that is a hole in the array could be nothing, and there is none in JSON.
    return value === undefined ? decodeValue(undefined, message.text) : { ok: true, value };
  }
}
