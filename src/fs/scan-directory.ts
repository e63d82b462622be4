import { type Dir, Dirent } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { kindOf } from './disk-stat.ts';
import { isErrno } from './errno.ts';
import type { Visit } from './file-system.ts';

/** What is asked of Node's directory, so that tests can give another. */
export type OpenedDirectory = Pick<Dir, 'readSync' | 'closeSync'>;

/** Opens the directory, to be read so many names at a time. */
export type OpenDirectory = (bufferSize: number) => Promise<OpenedDirectory>;

/** How many names are read by one call: fewer are slower, more no faster. */
const MANY = 256;

/** A listing of a million names takes a second: that long nothing else would happen. */
const NAMES_PER_TURN = 8_192;

/**
 * Shows each name and what it stands for. Some disks do not tell what a name stands for (NFS, FUSE, an ext4 without
 * `filetype`), so Node looks at each file itself, and throws if one was renamed meanwhile. What it had read by the same call
 * is lost then. So there names are read one by one, and one that is gone is passed over: nobody else goes with it.
 *
 * @param saysTypes whether the disk either tells the types of all names in a directory, or of none
 */
export async function scanDirectory(open: OpenDirectory, visit: Visit, saysTypes: boolean): Promise<void> {
  const typed = saysTypes ? await openTyped(open) : undefined;
  const directory = typed?.directory ?? (await open(1));
  const next = typed ? () => directory.readSync() : () => nextThere(directory);
  try {
    let count = 0;
    for (let entry = typed?.first ?? next(); entry !== null; entry = next()) {
      const visited = visit(entry.name, kindOf(entry));
      if (visited !== undefined) await visited;
      if ((count += 1) % NAMES_PER_TURN === 0) await nextTurn();
    }
  } finally {
    directory.closeSync();
  }
}

interface TypedDirectory {
  readonly directory: OpenedDirectory;
  /** Null if there is none. */
  readonly first: Dirent | null;
}

/** Undefined if its names come without types, which the first of them tells. */
async function openTyped(open: OpenDirectory): Promise<TypedDirectory | undefined> {
  const directory = await open(MANY);
  try {
    const first = directory.readSync();
    // Node gives another class where it had to look itself.
    if (first === null || first.constructor === Dirent) return { directory, first };
  } catch (error) {
    if (!isGone(error)) {
      directory.closeSync();
      throw error;
    }
  }
  directory.closeSync();
  return undefined;
}

function nextThere(directory: OpenedDirectory): Dirent | null {
  for (;;) {
    try {
      return directory.readSync();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** A file that is gone, and not the directory: of that there is no more to read. */
function isGone(error: unknown): boolean {
  return isErrno(error, 'ENOENT') && error instanceof Error && 'syscall' in error && error.syscall === 'lstat';
}
