import { PermanentError } from '../../errors.ts';

const PLACE = '{}';
// One argument of a Linux program holds 128 KiB with its closing NUL, however much room there is for all of them.
const LONGEST_ARGUMENT = 131_071;

/** A message as text: a string as it is, anything else as JSON. */
export function valueAsText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The words to start a program with: the value in place of every `{}`, and at the end if there is none. It stays one
 * argument, whatever is in it: no shell reads it. A value that no argument can carry is a `PermanentError`.
 */
export function fillCommand(words: readonly string[], text: string, options: { readonly append: boolean }): string[] {
  const placed = words.some((word) => word.includes(PLACE));
  if (!placed && !options.append) return [...words];
  if (text.includes('\0')) throw new PermanentError('the value has a NUL character, which no argument can carry; use --stdin');
  if (!text.isWellFormed()) throw new PermanentError('the value has half a surrogate pair, which no argument can carry');
  const filled = placed ? words.map((word) => word.replaceAll(PLACE, () => text)) : [...words, text];
  if (filled.some((word) => Buffer.byteLength(word) > LONGEST_ARGUMENT)) {
    throw new PermanentError('the value is too long for an argument (128 KiB); use --stdin');
  }
  return filled;
}

/** The words as a person could paste them into a shell, on one line. */
export function quoteCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/[\u0000-\u001f\u007f]/.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word.replace(/[\\'\u0000-\u001f\u007f]/g, (character) =>
    character === '\\' || character === "'" ? `\\${character}` : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `$'${escaped}'`;
}
