import { PermanentError } from '../../errors.ts';

/** What a program gives is kept in one record, which is read as a whole. */
const LONGEST = 4 * 1024 * 1024;

/** What a program wrote, as a value: the JSON that it is, or else its text without the last newline. Nothing is null. */
export class ProgramText {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  /** @throws PermanentError when it gets longer than 4 MiB */
  push(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > LONGEST) throw new PermanentError('it printed more than 4 MiB: print a path to it instead');
    this.#pieces.push(bytes);
  }

  value(): unknown {
    const text = Buffer.concat(this.#pieces).toString('utf8');
    if (text.trim() === '') return null;
    try {
      const value: unknown = JSON.parse(text);
      return value;
    } catch {
      return text.replace(/\r?\n$/, '');
    }
  }
}
