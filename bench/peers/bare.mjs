/** What plain Node can do with a file: the bounds that no journal of JSON can pass. */
import { closeSync, fdatasyncSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const READ_BYTES = 256 * 1024;
const NEWLINE = 10;

/** `JSON.stringify` of each value and one `writeSync` a batch: no ids, no checksums. */
export function writeBatches(directory, groups) {
  const file = openSync(join(directory, 'bare.jsonl'), 'a');
  for (const values of groups) {
    let lines = '';
    for (const value of values) lines += `${JSON.stringify(value)}\n`;
    writeSync(file, lines);
  }
  closeSync(file);
}

/** The same lines, already text: `perWrite` of them joined for one `writeSync`, then `fdatasync` if asked. */
export function appendLines(directory, lines, perWrite, { sync }) {
  const file = openSync(join(directory, 'lines.txt'), 'a');
  for (let start = 0; start < lines.length; start += perWrite) {
    writeSync(file, lines.slice(start, start + perWrite).join(''));
    if (sync) fdatasyncSync(file);
  }
  closeSync(file);
}

/**
 * Reads files in chunks, looks for the newlines, parses what stands after the last tab of each line; gives how many
 * messages there were. No checksum is looked at and nothing is kept. One decoding a chunk was the fastest of the ways tried.
 */
export function readScanParse(directory, isWanted) {
  let parsed = 0;
  for (const name of readdirSync(directory).filter(isWanted).sort()) parsed += parseFile(join(directory, name));
  return parsed;
}

function parseFile(path) {
  const file = openSync(path, 'r');
  const bytes = Buffer.allocUnsafe(READ_BYTES);
  let kept = 0;
  let parsed = 0;
  for (;;) {
    const count = readSync(file, bytes, kept, READ_BYTES - kept, null);
    if (count === 0) break;
    const end = kept + count;
    const whole = bytes.lastIndexOf(NEWLINE, end - 1) + 1;
    parsed += parseLines(bytes.utf8Slice(0, whole));
    bytes.copy(bytes, 0, whole, end);
    kept = end - whole;
  }
  closeSync(file);
  return parsed;
}

function parseLines(text) {
  let parsed = 0;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (end > start) {
      JSON.parse(text.slice(text.lastIndexOf('\t', end) + 1, end));
      parsed += 1;
    }
    start = end + 1;
  }
  return parsed;
}
