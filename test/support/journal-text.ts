import { crc32 } from 'node:zlib';
import { formatKey } from '../../src/formats/put-line.ts';

/** These bodies as records, as anyone would write them who has read docs/on-disk.md. */
export function records(...bodies: readonly string[]): string {
  return bodies.map((body) => `\n${crc32(Buffer.from(body)).toString(16).padStart(8, '0')}\t${body}\n`).join('');
}

/** The files without the blank lines that they are filled ahead with. */
export function unfilled(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replace(/\n+$/, '\n')]));
}

/** An id as it is written. */
export function id(run: number, sequence: number): string {
  return `${String(run).padStart(8, '0')}-${String(sequence).padStart(10, '0')}`;
}

/** The body of a put line. */
export function putLine(run: number, sequence: number, text: string, key?: string): string {
  return `${id(run, sequence)}\t${formatKey(key)}\t${text}`;
}

/** A put journal that begins with message `first` of its run. */
export function puts(run: number, first: number, ...texts: readonly string[]): string {
  return records(...texts.map((text, index) => putLine(run, first + index, text)));
}

/** Where that put journal lies. */
export function putFile(run: number, first = 1, directory = '/q'): string {
  return `${directory}/queue.${String(run).padStart(8, '0')}.${String(first).padStart(10, '0')}.put.tsv`;
}

export function doneFile(run: number, ordinal = 1, directory = '/q'): string {
  return `${directory}/queue.${String(run).padStart(8, '0')}.${String(ordinal).padStart(10, '0')}.done.tsv`;
}

export function keptFile(run: number, directory = '/q'): string {
  return `${directory}/queue.${String(run).padStart(8, '0')}.kept.tsv`;
}

export function keysFile(run: number, directory = '/q'): string {
  return `${directory}/queue.${String(run).padStart(8, '0')}.keys.tsv`;
}
