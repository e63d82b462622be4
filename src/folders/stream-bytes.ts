import { UnusableMessageError } from './folder-errors.ts';

/** What may be put as a stream. */
export type MessageStream = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** How much is gathered before it is written, in bytes: as much of a stream is in memory, whatever its pieces are like. */
const SLICE = 256 * 1024;

/** As many bytes as UTF-8 may need for one character. */
const LONGEST_CHARACTER = 4;

/**
 * The bytes of a stream, in slices; text as UTF-8. A slice is overwritten by the next one. A character may be cut in two by
 * the border of two pieces.
 *
 * @param name of the message, for errors
 * @throws UnusableMessageError for half a character, TypeError for a piece that is neither text nor bytes
 */
export async function* streamBytes(stream: MessageStream, name: string): AsyncGenerator<Uint8Array, void, void> {
  const slice = new Slice();
  let half = '';
  for await (const piece of stream) {
    if (typeof piece === 'string') {
      const text = half + piece;
      half = endsInHalf(text) ? text.slice(-1) : '';
      yield* slice.addText(wholeText(half === '' ? text : text.slice(0, -1), name));
    } else {
      if (!(piece instanceof Uint8Array)) throw new TypeError(`putStream takes strings and Uint8Arrays, got ${typeof piece} for ${name}.`);
      if (half !== '') throw halfError(name);
      yield* slice.addBytes(piece);
    }
  }
  if (half !== '') throw halfError(name);
  yield* slice.rest();
}

/** The text itself. @throws UnusableMessageError if UTF-8 can't write it */
export function wholeText(text: string, name: string): string {
  if (!text.isWellFormed()) throw halfError(name);
  return text;
}

function halfError(name: string): UnusableMessageError {
  return new UnusableMessageError(name, 'its text holds half a character (a lone surrogate)', 'Put it as bytes, in your own encoding.');
}

function endsInHalf(text: string): boolean {
  return /[\ud800-\udbff]$/.test(text);
}

/** Bytes that are gathered until they are worth a write. */
class Slice {
  readonly #bytes = new Uint8Array(SLICE);
  readonly #encoder = new TextEncoder();
  #length = 0;

  *addText(text: string): Generator<Uint8Array> {
    for (let at = 0; at < text.length;) {
      const { read, written } = this.#encoder.encodeInto(text.slice(at, at + SLICE), this.#bytes.subarray(this.#length));
      at += read;
      this.#length += written;
      if (this.#length > SLICE - LONGEST_CHARACTER) yield* this.rest();
    }
  }

  *addBytes(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + SLICE - this.#length);
      this.#bytes.set(taken, this.#length);
      at += taken.length;
      this.#length += taken.length;
      if (this.#length === SLICE) yield* this.rest();
    }
  }

  *rest(): Generator<Uint8Array> {
    if (this.#length > 0) yield this.#bytes.subarray(0, this.#length);
    this.#length = 0;
  }
}
