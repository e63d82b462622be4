import { type Codec, type Decoded, decodeValue } from '../formats/codec.ts';
import { JsonList } from '../formats/json-list.ts';
import { keepShape } from '../machines/keep-shape.ts';
import type { Message } from './segment.ts';

/** A message whose turn has come, with its value. Its text is among those that were read with it, and seldom asked for. */
export class Ready<T> implements Message {
  readonly run: number;
  readonly sequence: number;
  readonly decoded: Decoded<T>;
  readonly #texts: JsonList;
  readonly #index: number;

  constructor(run: number, sequence: number, decoded: Decoded<T>, texts: JsonList, index: number) {
    this.run = run;
    this.sequence = sequence;
    this.decoded = decoded;
    this.#texts = texts;
    this.#index = index;
  }

  /** A message that comes alone. */
  static alone<T>({ run, sequence, text }: Message, codec: Codec<T> | undefined): Ready<T> {
    const texts = new JsonList();
    texts.add(text);
    return new Ready(run, sequence, decodeValue(codec, text), texts, 0);
  }

  get text(): string {
    return this.#texts.at(this.#index);
  }
}

keepShape(new Ready(0, 0, { ok: true, value: undefined }, new JsonList(), 0));
