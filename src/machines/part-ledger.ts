/**
 * Which parts of a batch are left. They are counted down in a tree of small buckets, so that "the last part" is true exactly
 * once, and nobody has to count the others: whoever empties a bucket takes it out of the one above.
 */

/** So many things, or buckets, are in a bucket. */
const BUCKET = 256;
const LEVELS = 3;

/** More parts than a batch can have. */
export const MOST_PARTS = BUCKET ** LEVELS;

/** The way to a part: the buckets that it is in, the outermost first, and its name in the last of them. */
export function leafOf(index: number): string[] {
  const path: string[] = [];
  for (let level = 0, rest = index; level < LEVELS; level += 1, rest = Math.floor(rest / BUCKET)) {
    path.unshift((rest % BUCKET).toString(16).padStart(2, '0'));
  }
  return path;
}
