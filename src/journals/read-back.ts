import { ListInPlace } from '../formats/json-list.ts';
import type { MessageWindow } from './message-window.ts';

/** So many messages, or bytes of them, are one string: an item keeps the string of its message as long as it is in hands. */
const TOGETHER = 32;
const MOST_BYTES = 8 * 1024;

/** Puts messages that were read back from a journal in a window, a few with one string. */
export class ReadBack<T> {
  readonly #window: MessageWindow<T>;
  readonly #together: boolean;
  readonly #list = new ListInPlace();
  #run = 0;
  #sequences: number[] = [];

  constructor(window: MessageWindow<T>, { together }: { readonly together: boolean }) {
    this.#window = window;
    this.#together = together;
  }

  /** A message whose text is `bytes[start, end)`. What stands before it is overwritten. */
  add(run: number, sequence: number, bytes: Buffer, start: number, end: number): void {
    if (!this.#together || !ListInPlace.takes(bytes, start, end)) {
      this.end();
      this.#window.push({ run, sequence, text: bytes.toString('utf8', start, end) });
      return;
    }
    if (this.#sequences.length >= TOGETHER || this.#list.length >= MOST_BYTES) this.end();
    this.#run = run;
    this.#sequences.push(sequence);
    this.#list.add(bytes, start, end);
  }

  /** Those are all of a chunk: its bytes are overwritten by the next. */
  end(): void {
    if (this.#sequences.length === 0) return;
    this.#window.pushList(this.#run, this.#sequences, this.#list.take());
    this.#sequences = [];
  }
}
