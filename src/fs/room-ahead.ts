/** So far at most is a file filled ahead of its records. */
const MOST_AHEAD = 256 * 1024;
/** What a file system gives a file at once: less would take no less room. */
const BLOCK = 4096;

/** Blank lines, which no reader of records or of text takes for anything. */
export const BLANK: Uint8Array = Buffer.alloc(MOST_AHEAD, '\n');

/**
 * How many blank lines to put behind the records of a file that has grown to `size` by a write of `length`. About as many
 * bytes as there are records, so that small files stay small; none behind the first write, which may be the only one, nor
 * where the next such writes would soon be through them.
 */
export function roomAhead(size: number, length: number): number {
  const room = Math.min(MOST_AHEAD, Math.max(BLOCK, size));
  // To the end of a block: the disk writes whole ones.
  return size === length || length * 4 > room ? 0 : size + room - ((size + room) % BLOCK) - size;
}
