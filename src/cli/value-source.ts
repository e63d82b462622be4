import { MAX_RECORD_BYTES } from '../formats/record-scan.ts';
import { inexactNumber } from './inexact-number.ts';
import { UsageError } from './usage-error.ts';

// A value is kept whole in memory: more than this in one is a mistake, as a file without newlines.
const LONGEST_VALUE = 64 * 1024 * 1024;
// What the library takes, in characters of its JSON text; and the most that JSON makes of one character.
const LONGEST_TEXT = MAX_RECORD_BYTES / 4;
const LONGEST_ESCAPE = 6;
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface LineOptions {
  /** Values end with a NUL, as `find -print0` writes them, and may hold newlines. */
  readonly nul: boolean;
  /** Where they come from, for the complaint. @default 'stdin' */
  readonly from?: string;
}

/**
 * The lines of a stream, without their ends (`\n` or `\r\n`); empty ones are left out. Each must be UTF-8. They come as
 * they arrive, several at a time, so that what came before a pause can be put before it.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array | string>,
  { nul, from = 'stdin' }: LineOptions,
): AsyncGenerator<string[]> {
  const end = nul ? 0x00 : 0x0a;
  let rest: Uint8Array[] = [];
  let restLength = 0;
  let line = 0;
  const take = (last: Uint8Array): string => {
    line += 1;
    const text = decode(Buffer.concat([...rest, last]), `line ${line} of ${from}`);
    rest = [];
    restLength = 0;
    return nul ? text : text.replace(/\r$/, '');
  };
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const lines: string[] = [];
    let begin = 0;
    for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, begin)) {
      const text = take(bytes.subarray(begin, at));
      begin = at + 1;
      if (text !== '') lines.push(text);
    }
    if (lines.length > 0) yield lines;
    rest.push(bytes.subarray(begin));
    restLength += bytes.length - begin;
    if (restLength > LONGEST_VALUE) throw new UsageError(`line ${line + 1} of ${from} is longer than 64 MiB`);
  }
  const text = take(Buffer.alloc(0));
  if (text !== '') yield [text];
}

/** What was typed or read, as a value: itself, or what it is as JSON. `where` is for the complaint. */
export function parseValue(text: string, where: string, json: boolean): unknown {
  const value = json ? parseJson(text, where) : text;
  if (text.length * LONGEST_ESCAPE > LONGEST_TEXT && JSON.stringify(value).length > LONGEST_TEXT) {
    throw new UsageError(`${where} is too long: its JSON text has more than ${LONGEST_TEXT} characters`);
  }
  return value;
}

function parseJson(text: string, where: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const number = inexactNumber(text);
  if (number === undefined) return value;
  throw new UsageError(`${where} holds the number ${number.slice(0, 60)}, which would become another one: write it as text, in quotes`);
}

function decode(bytes: Uint8Array, where: string): string {
  try {
    return UTF_8.decode(bytes);
  } catch (error) {
    // Replacing the bytes, as is usual, would put another value than was given.
    throw new UsageError(`${where} is not UTF-8`, { cause: error });
  }
}
