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

/** Whether a text ends as it begins: one that was not written by us may hold a comma of its own, or half a list. */
function isOneValue(text: string): boolean {
  const end = text.charCodeAt(text.length - 1);
  switch (text.charCodeAt(0)) {
    case 0x7b: // {
      return end === 0x7d;
    case 0x5b: // [
      return end === 0x5d;
    case 0x22: // "
      return end === 0x22;
    default:
      return !text.includes(',');
  }
}

/**
 * The values of several JSON texts, or null if they have to be read one by one. As one JSON array they are parsed in one call,
 * which costs half of many.
 */
export function decodeTogether<T>(texts: readonly string[]): T[] | null {
  try {
    // A string can't span a line feed, so none begins in one text and ends in the next.
    const values = JSON.parse(`[${texts.join(',\n')}]`) as T[];
    return values.length === texts.length && texts.every(isOneValue) ? values : null;
  } catch {
    return null;
  }
}
