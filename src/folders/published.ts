import { basename, dirname } from 'node:path';
import type { FileStat } from '../fs/file-system.ts';
import { isSameFile } from '../fs/same-file.ts';
import { otherName } from './claim.ts';
import type { FolderContext } from './folder-context.ts';
import { filesOf } from './message-files.ts';

/** A file that is to be put. */
export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly stat: FileStat;
}

/** How often the folder is listed again because it changed meanwhile: a rename can hide a file under both of its names. */
const MOST_LISTINGS = 3;

/** How often it is listed again because what was found had moved on when it was looked at: claimed, given back, claimed again. */
const MOST_CHASES = 1_000;

/**
 * Where this very file lies as a message already, under the name that it was to get: ready, claimed, given back, finished or
 * given up. A move was stopped after it was shown and before its source went. Undefined if it is nowhere.
 *
 * Looked for in the order in which a message goes, so one that moves on meanwhile is met later; and once more from the start if the
 * folder has changed by the end, since a retry goes the other way.
 * @param except a file in the folder that does not count
 */
export async function findPublished(
  context: FolderContext,
  { path, stat }: Source,
  name: string,
  except?: string,
): Promise<string | undefined> {
  const { fs, layout } = context;
  const look = async (directory: string, file: string): Promise<'this' | 'another' | 'gone'> => {
    const found = await fs.lstat(`${directory}/${file}`);
    if (found === undefined) return 'gone';
    return isThisFile(found, stat) && !(await isSameName(context, path, `${directory}/${file}`)) ? 'this' : 'another';
  };
  const kept = [layout.doneDir, layout.failedDir].filter((directory) => directory !== null);
  const keptNames = [name, otherName(name, stat.inode)];
  if ((await look(layout.directory, name)) === 'this') return layout.directory;
  for (let listings = 0, chases = 0; listings < MOST_LISTINGS && chases < MOST_CHASES;) {
    const before = await modified(context);
    let isGone = false;
    for (const file of await filesOf(context, name)) {
      if (file === except) continue;
      const found = await look(layout.directory, file);
      if (found === 'this') return layout.directory;
      isGone ||= found === 'gone';
    }
    if ((await modified(context)) === before) {
      for (const directory of kept) for (const file of keptNames) if ((await look(directory, file)) === 'this') return directory;
      // What was given up may have been put back to work behind the listing.
      if ((await modified(context)) === before) return undefined;
    }
    if (isGone) chases += 1;
    else listings += 1;
  }
  for (const directory of kept) for (const file of keptNames) if ((await look(directory, file)) === 'this') return directory;
  return undefined;
}

/** Whether a file lies where finished ones do, by whatever path that was reached. */
export async function isKept(context: FolderContext, path: string): Promise<boolean> {
  for (const directory of [context.layout.doneDir, context.layout.failedDir]) {
    if (directory !== null && (await isSameDirectory(context, dirname(path), directory))) return true;
  }
  return false;
}

/** Two names of one file. The source may be gone since it was looked at, and its number given to a file of another size and time. */
function isThisFile(found: FileStat, source: FileStat): boolean {
  return found.kind === 'file' && isSameFile(found, source) && found.size === source.size && found.modifiedMs === source.modifiedMs;
}

/** One name of a file: to remove the one is to remove the other. */
async function isSameName(context: FolderContext, one: string, other: string): Promise<boolean> {
  return basename(one) === basename(other) && isSameDirectory(context, dirname(one), dirname(other));
}

/** A link may lead to it: the paths need not be equal. */
async function isSameDirectory({ fs }: FolderContext, one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  return isSameFile(await fs.lstat(`${one}/.`), await fs.lstat(`${other}/.`));
}

async function modified({ fs, layout }: FolderContext): Promise<number | undefined> {
  return (await fs.lstat(layout.directory))?.modifiedMs;
}
