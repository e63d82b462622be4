import { type Codec, type Decoded, decodeValue } from '../formats/codec.ts';
import { JsonList } from '../formats/json-list.ts';
import type { MessageId } from '../formats/message-id.ts';
import { Ready } from './ready.ts';
import type { Message } from './segment.ts';

/** So many may wait in memory; the rest is read back when its turn comes. */
const MOST_MESSAGES = 2048;
/** The same in characters, for long messages. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** So many texts are parsed in one call. */
const TOGETHER = 64;

/** Messages of one run that wait together, and are parsed in one call when the turn of the first has come. */
interface Bundle {
  readonly run: number;
  readonly sequences: number[];
  readonly texts: JsonList;
  characters: number;
}

/** Bundles that were handed out are let go of when there are so many. */
const MOST_PASSED = 32;

/** Messages that wait in memory, as text. */
export class MessageWindow<T> {
  readonly #codec: Codec<T> | undefined;
  #bundles: Bundle[] = [];
  /** The bundle that takes one more. */
  #open: Bundle | undefined;
  #size = 0;
  #characters = 0;
  /** The bundle whose messages are handed out: its place, the next of them, and the values if they are parsed. */
  #current = 0;
  #next = 0;
  #values: readonly T[] | null | undefined;

  constructor(codec: Codec<T> | undefined) {
    this.#codec = codec;
  }

  get size(): number {
    return this.#size;
  }

  get hasRoom(): boolean {
    return this.#size < MOST_MESSAGES && this.#characters < MOST_CHARACTERS;
  }

  get first(): MessageId | undefined {
    const bundle = this.#bundles[this.#current];
    const sequence = bundle?.sequences[this.#next];
    return bundle === undefined || sequence === undefined ? undefined : { run: bundle.run, sequence };
  }

  push({ run, sequence, text }: Message): void {
    if (this.#open?.run !== run || this.#open.texts.length >= TOGETHER) this.#open = this.#begin(run, [], new JsonList());
    const { sequences, texts } = this.#open;
    sequences.push(sequence);
    texts.add(text);
    this.#open.characters += text.length;
    this.#size++;
    this.#characters += text.length;
  }

  /** Adds messages whose texts are together already. */
  pushList(run: number, sequences: number[], list: string): void {
    this.#open = undefined;
    this.#begin(run, sequences, JsonList.of(list, sequences.length)).characters = list.length;
    this.#size += sequences.length;
    this.#characters += list.length;
  }

  shift(): Ready<T> | undefined {
    const bundle = this.#bundles[this.#current];
    if (bundle === undefined) return undefined;
    const { run, sequences, texts } = bundle;
    const index = this.#next++;
    const ready = new Ready(run, sequences[index] ?? 0, this.#decode(bundle, index), texts, index);
    this.#size--;
    if (this.#next === sequences.length) this.#leave(bundle);
    return ready;
  }

  /** Drops what is finished otherwise. */
  purge(isFinished: (id: MessageId) => boolean): void {
    const left = this.#bundles.slice(this.#current);
    let from = this.#next;
    this.#bundles = [];
    this.#open = undefined;
    this.#values = undefined;
    this.#size = this.#characters = this.#current = this.#next = 0;
    for (const { run, sequences, texts } of left) {
      for (let i = from; i < sequences.length; i++) {
        const sequence = sequences[i] ?? 0;
        if (!isFinished({ run, sequence })) this.push({ run, sequence, text: texts.at(i) });
      }
      from = 0;
    }
  }

  #begin(run: number, sequences: number[], texts: JsonList): Bundle {
    const bundle: Bundle = { run, sequences, texts, characters: 0 };
    this.#bundles.push(bundle);
    return bundle;
  }

  #decode(bundle: Bundle, index: number): Decoded<T> {
    const { texts } = bundle;
    if (this.#values === undefined) {
      this.#values = this.#codec === undefined ? texts.values<T>() : null;
      if (bundle === this.#open) this.#open = undefined;
    }
    const value = this.#values?.[index];
    // No value in a list is undefined: then they are read one by one.
    return value === undefined ? decodeValue(this.#codec, texts.at(index)) : { ok: true, value };
  }

  #leave({ characters }: Bundle): void {
    this.#characters -= characters;
    this.#values = undefined;
    this.#next = 0;
    this.#current++;
    if (this.#current < MOST_PASSED && this.#size > 0) return;
    this.#bundles.splice(0, this.#current);
    this.#current = 0;
  }
}
