import { isErrno } from '../fs/errno.ts';
import type { EntryKind, FileSystem } from '../fs/file-system.ts';
import { FirstOf } from '../machines/first-of.ts';

/** A file, and the message that it is. */
export interface NamedEntry {
  readonly name: string;
  readonly file: string;
}

/** As many are held at once. */
const PAGE = 65_536;

/**
 * What `pick` makes of the names in a directory, by the messages' own names, however many there are: one look for each page.
 * What comes and goes meanwhile is seen or not.
 *
 * @param listed is awaited when the names of a page are known, before the first of them is given
 */
export async function* inOrder<T extends NamedEntry>(
  fs: FileSystem,
  directory: string,
  pick: (file: string, kind: EntryKind) => T | undefined,
  listed?: () => Promise<void>,
): AsyncGenerator<T, void, void> {
  for (let last: T | undefined; ;) {
    const page = new FirstOf<T>(PAGE, byName);
    const after = last;
    await scanIfThere(fs, directory, (file, kind) => {
      const item = pick(file, kind);
      if (item !== undefined && (after === undefined || byName(item, after) > 0)) page.add(item);
    });
    const items = page.take();
    if (items.length > 0) await listed?.();
    yield* items;
    last = items.at(-1);
    if (!page.isCut || last === undefined) return;
  }
}

function byName(one: NamedEntry, other: NamedEntry): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return one.file < other.file ? -1 : Number(one.file > other.file);
}

/** Nothing is in a directory that nobody has made yet. */
export async function scanIfThere(fs: FileSystem, directory: string, visit: (file: string, kind: EntryKind) => void): Promise<void> {
  try {
    await fs.scan(directory, visit);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
