import { UnserialisableValueError } from '../errors.ts';
import { MAX_RECORD_BYTES } from './record-scan.ts';

/** Value ⇄ one line of text. */
export interface Codec<T> {
  /** A text without a line feed, and well-formed: it is written as UTF-8. */
  encode(value: T): string;
  decode(text: string): T;
}

/** The text of a value. Whatever the codec does wrong is one typed error, and the queue stays as it was. */
export function encodeValue<T>(codec: Codec<T> | undefined, value: T): string {
  let text: unknown;
  try {
    text = codec === undefined ? JSON.stringify(value) : codec.encode(value);
  } catch (error) {
    throw new UnserialisableValueError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (typeof text !== 'string')
    throw new UnserialisableValueError(`${typeof value === 'object' ? 'an object' : `a ${typeof value}`} has no text`);
  // JSON escapes both, and stays on the fast path.
  if (codec !== undefined && (text.includes('\n') || !text.isWellFormed())) {
    throw new UnserialisableValueError('the codec gave a text with a line feed or half a surrogate pair');
  }
  // A third of the limit in characters can't be more than the limit in bytes.
  if (text.length > MAX_RECORD_BYTES / 4)
    throw new UnserialisableValueError(`its text has ${text.length} characters, of at most ${MAX_RECORD_BYTES / 4}`);
  return text;
}

/** A value, or why its text could not be read. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

export function decodeValue<T>(codec: Codec<T> | undefined, text: string): Decoded<T> {
  try {
    return { ok: true, value: codec === undefined ? (JSON.parse(text) as T) : codec.decode(text) };
  } catch (error) {
    return { ok: false, error };
  }
}
