import type { FileSystem } from '../../src/fs/file-system.ts';
import type { Turns } from './turns.ts';

/**
 * The disk as one actor sees it whose calls wait for their turns; a listing takes two turns, a half in each. What is renamed
 * in between shows under both of its names, or under neither. In which order names are listed is another for each listing.
 */
export function tornTurns(fs: FileSystem, turns: Turns, random: () => number): FileSystem {
  return {
    ...turns.of(fs),
    async scan(path, visit) {
      const salt = Math.floor(random() * 0x7fffffff);
      const border = random();
      for (const isFirstHalf of [true, false]) {
        await turns.take();
        await fs.scan(path, (name, kind) => (placeOf(name, salt) < border === isFirstHalf ? visit(name, kind) : undefined));
      }
    },
  };
}

/** Where a name stands in a listing, from 0 up to 1. */
function placeOf(name: string, salt: number): number {
  let hash = salt;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x9e3779b1) ^ (hash >>> 13);
  return (Math.imul(hash ^ (hash >>> 16), 0x21f0aaad) >>> 0) / 4_294_967_296;
}
