import { PermanentError } from '../../errors.ts';
import { inexactNumber } from '../inexact-number.ts';

/** What a program gives is kept in one record, which is read as a whole. */
const LONGEST = 4 * 1024 * 1024;

/**
 * What a program wrote, as a value: the JSON that it is, or else its text without the last newline; nothing is null. It stays text where a
 * number in it would become another one.
 */
export class ProgramText {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  /** @throws PermanentError when it gets longer than 4 MiB */
  push(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > LONGEST) throw new PermanentError('it printed more than 4 MiB: print a path to it instead');
    this.#pieces.push(bytes);
  }

  /** @throws PermanentError for bytes that are not UTF-8 */
  value(): unknown {
    const text = textOf(Buffer.concat(this.#pieces));
    if (text.trim() === '') return null;
    const isExact = inexactNumber(text) === undefined;
    try {
      const value: unknown = JSON.parse(text);
      if (isExact) return value;
    } catch {
      // Then it is text.
    }
    return text.replace(/\r?\n$/, '');
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new PermanentError('it printed bytes that are not UTF-8: print text, or a path to a file', { cause: error });
  }
}
