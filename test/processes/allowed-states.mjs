/**
 * What may lie on a disk after a stop, whatever was under way: for each file that is there, the names that it may have at once.
 * docs/crashes.md shows the same rows, and a test compares them. Like the checkers this knows nothing of the library.
 *
 * `and`: one file has all of these names. `or`: one of these ways. `any other`: the names of any state that does not say so itself.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FOLDER_KINDS, FOLDER_STATES } from './allowed-folder-states.mjs';
import { QUEUE_KINDS, QUEUE_STATES } from './allowed-queue-states.mjs';
import { judgeTasks, STORE_KINDS, STORE_STATES } from './allowed-store-states.mjs';

/** Each: the state, the names, the operations in which a stop leaves it. */
export const ALLOWED_STATES = { queue: QUEUE_STATES, folder: FOLDER_STATES, store: STORE_STATES };

/** What a name is, in the words of the tables. Of two that fit the first counts. */
const KINDS = { queue: QUEUE_KINDS, folder: FOLDER_KINDS, store: STORE_KINDS };

/**
 * @param {'queue' | 'folder' | 'store'} kind
 * @param {readonly { readonly path: string, readonly file: string }[]} found every name, from the queue's directory on, and what
 * tells its file from others
 * @returns {string[]} what no row of the table allows
 */
export function judgeStates(kind, found) {
  const files = Map.groupBy === undefined ? groupBy(found) : Map.groupBy(found, ({ file }) => file);
  const allowed = allowedSets(kind);
  const alone = [...files.values()].flatMap((names) => {
    const kinds = names.map(({ path }) => kindOf(kind, path));
    if (allowed.has(keyOf(kinds))) return [];
    return [`no stop may leave a file under ${names.map(({ path }, index) => `${path} (${kinds[index]})`).join(' and ')}`];
  });
  return kind === 'store' ? [...alone, ...judgeTasks(found)] : alone;
}

/**
 * Every name below a directory, and beside it where files came from.
 * @param {string} directory
 * @param {string} [source]
 */
export function namesBelow(directory, source) {
  return [directory, ...(source === undefined ? [] : [source])].flatMap((place) =>
    readdirSync(place, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(directory, path), file: fileOf(path) })),
  );
}

function fileOf(path) {
  const { dev, ino } = lstatSync(path, { bigint: true });
  return `${dev} ${ino}`;
}

function groupBy(found) {
  const files = new Map();
  for (const one of found) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return files;
}

function kindOf(kind, path) {
  return KINDS[kind].find(([, pattern]) => pattern.test(path))?.[0] ?? 'nothing that is known';
}

/** All sets of names that one file may have, by `keyOf`. */
function allowedSets(kind) {
  const ways = ALLOWED_STATES[kind].flatMap(([, names]) => waysOf(names));
  const alone = ways.filter((names) => !names.includes(ANY));
  const beside = ways.filter((names) => names.includes(ANY)).map((names) => names.filter((name) => name !== ANY));
  return new Set([...alone, ...alone.flatMap((names) => beside.map((more) => [...names, ...more]))].map(keyOf));
}

const ANY = 'any other';

function waysOf(names) {
  return names.split(' or ').map((way) => way.split(' and ').map((name) => name.replaceAll('`', '')));
}

function keyOf(kinds) {
  return kinds.toSorted().join(' + ');
}
