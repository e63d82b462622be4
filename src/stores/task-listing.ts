import { FirstOf } from '../machines/first-of.ts';
import { isRunning, type TaskPlace } from '../machines/task-place.ts';
import type { TaskQuery } from './store.ts';
import { eachFile, type TaskFile } from './task-files.ts';
import { placesOf, type TaskFolders } from './task-folders.ts';

interface Listed {
  readonly file: TaskFile;
  /** When it was changed last, in milliseconds; 0 where nothing is ordered by that. */
  readonly at: number;
}

/** So often it is looked for more behind what was found, of which some had moved. */
const MOST_LOOKS = 20;

/** The first tasks in an order. What moved before `see` came to it leaves room for others, which are looked for behind what was found. */
export async function firstTasks<T>(
  folders: TaskFolders,
  query: TaskQuery,
  see: (files: readonly TaskFile[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const { limit, skips = () => false } = query;
  const seen: T[] = [];
  const found = new Set<string>();
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const room = limit - seen.length;
    const isFound = (id: string, place: TaskPlace): boolean => found.has(`${place}/${id}`) || skips(id, place);
    const files = await firstFiles(folders, { ...query, limit: room, skips: isFound });
    seen.push(...(await see(files)));
    if (files.length < room || seen.length >= limit) break;
    for (const { id, place } of files) found.add(`${place}/${id}`);
  }
  return seen;
}

/** The files of the first tasks in an order: one pass over names, and one look at each only where its time is asked for. */
async function firstFiles(folders: TaskFolders, query: TaskQuery): Promise<TaskFile[]> {
  const { places, order, limit, skips = () => false } = query;
  if (order === 'any') return anyFiles(folders, query);
  const first = new FirstOf<Listed>(limit, order === 'id' ? byId : order === 'oldest' ? byAge : (one, other) => byAge(other, one));
  for (const place of places) {
    if (order === 'id') {
      await eachFile(folders, place, (file) => void (skips(file.id, place) || add(first, file, 0)));
      continue;
    }
    await eachFile(folders, place, async (file) => {
      if (skips(file.id, place)) return;
      const at = (await folders.fs.lstat(file.path))?.modifiedMs;
      if (at !== undefined) add(first, file, at);
    });
  }
  return first.take().map(({ file }) => file);
}

/** Thrown by a visit that has seen enough. */
const ENOUGH = Symbol('enough');

async function anyFiles(folders: TaskFolders, { places, limit, skips = () => false }: TaskQuery): Promise<TaskFile[]> {
  const found: TaskFile[] = [];
  try {
    for (const place of places) {
      await eachFile(folders, place, (file) => {
        if (!skips(file.id, place) && found.push(file) >= limit) throw ENOUGH;
      });
    }
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
  return found;
}

/** The ids of all in these places. One that moves meanwhile is there once. */
export async function idsIn(folders: TaskFolders, places: readonly TaskPlace[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const place of places) await eachFile(folders, place, (file) => void (isMark(file) || ids.add(file.id)));
  return [...ids];
}

/** What is put back is where it belongs, or aside still. */
const isMark = ({ claim }: TaskFile): boolean => claim?.state === 'back';

/** How many are in each place. `see` ends what the dead had begun to end, which may be in two places, and gives what is left of it. */
export async function countTasks(
  folders: TaskFolders,
  see: (ending: readonly TaskFile[]) => Promise<readonly unknown[]>,
): Promise<Map<TaskPlace, number>> {
  const { counts, ending } = await countOnce(folders);
  const left = ending.length === 0 ? [] : await see(ending);
  return left.length < ending.length ? (await countOnce(folders)).counts : counts;
}

async function countOnce(folders: TaskFolders): Promise<{ readonly counts: Map<TaskPlace, number>; readonly ending: readonly TaskFile[] }> {
  const counts = new Map<TaskPlace, number>();
  const ending: TaskFile[] = [];
  for (const place of await placesOf(folders)) {
    const ids = isRunning(place) ? new Set<string>() : undefined;
    let count = 0;
    await eachFile(folders, place, (file) => {
      if (file.claim !== undefined && file.claim.state !== 'wip') ending.push(file);
      if (ids?.has(file.id) || isMark(file)) return;
      ids?.add(file.id);
      count += 1;
    });
    counts.set(place, count);
  }
  return { counts, ending };
}

function add(first: FirstOf<Listed>, file: TaskFile, at: number): void {
  const listed = { file, at };
  if (first.wouldKeep(listed)) first.add(listed);
}

function byId(one: Listed, other: Listed): number {
  if (one.file.id === other.file.id) return one.file.path < other.file.path ? -1 : 1;
  return one.file.id < other.file.id ? -1 : 1;
}

function byAge(one: Listed, other: Listed): number {
  return one.at - other.at || byId(one, other);
}
