// What is written, and where. Every file has one name, made of the unit and the day, and appears whole: a unit that is
// worked twice, because a crash came between its file and its `done`, replaces its files by the same ones.
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HEADER = 'time\torigin\tfrom\tdestination\tto\tdelay\tdistance\n';

/**
 * @typedef {{ day: string, parts: string[] }} Day one file of the result: a day, or `set-aside`, and the parts it is made of
 */

/**
 * Where things lie under the directory of the load. A day's file goes from `loaded` to the `inbox`, and to `days` when its
 * routes are counted. `state` holds the batch that finds the worst routes, `delays` what its parts come to.
 * @param {string} dir
 */
export function places(dir) {
  const [queue, parts, loaded] = [join(dir, 'queue'), join(dir, 'parts'), join(dir, 'loaded')];
  const [inbox, days, routes] = [join(dir, 'inbox'), join(dir, 'days'), join(dir, 'routes')];
  const [state, delays] = [join(dir, 'state'), join(dir, 'delays')];
  return { queue, parts, loaded, inbox, days, routes, state, delays, complete: join(dir, 'load-is-complete') };
}

/**
 * Empty directories for a new load: what an earlier one left goes.
 * @param {string} dir
 */
export async function clear(dir) {
  const { parts, loaded, inbox, days, routes, state, delays } = places(dir);
  await forgetComplete(dir); // first: what is half cleared must not look like a load
  for (const directory of [parts, loaded, inbox, days, routes, state, delays]) await rm(directory, { recursive: true, force: true });
  for (const directory of [parts, loaded]) await mkdir(directory, { recursive: true });
  await syncDirectory(dir);
}

/**
 * Says that the load is complete: from now on a run goes on behind it.
 * @param {string} dir
 */
export async function markComplete(dir) {
  await writeFile(places(dir).complete, '');
  await syncDirectory(dir);
}

/** @param {string} dir */
export function isComplete(dir) {
  return existsSync(places(dir).complete);
}

/**
 * The next run begins with a load again.
 * @param {string} dir
 */
export async function forgetComplete(dir) {
  if (!isComplete(dir)) return;
  await rm(places(dir).complete);
  await syncDirectory(dir);
}

/**
 * Writes the part that a range of rows has in each of its days. When it resolves they survive a power cut.
 * @param {string} dir
 * @param {import('./extract.mjs').Range} range
 * @param {Map<string, string>} days the lines of each day
 */
export async function writeParts(dir, range, days) {
  const { parts } = places(dir);
  for (const [day, lines] of days) await publish(dir, join(parts, `${day}.${String(range.from).padStart(7, '0')}.tsv`), lines);
  await syncDirectory(parts);
}

/**
 * The days there are parts of, each with its parts in the order of their rows.
 * @param {string} dir
 * @returns {Promise<Day[]>}
 */
export async function listDays(dir) {
  /** @type {Map<string, string[]>} */
  const days = new Map();
  for (const name of (await readdir(places(dir).parts)).sort()) {
    const day = /^([^.]+)\.\d+\.tsv$/.exec(name)?.[1];
    if (day !== undefined) days.set(day, [...(days.get(day) ?? []), name]);
  }
  return [...days].map(([day, parts]) => ({ day, parts }));
}

/**
 * Makes one file of the parts of a day. A part that is gone is an error: never a shorter day.
 * @param {string} dir
 * @param {Day} work
 */
export async function assembleDay(dir, { day, parts }) {
  const at = places(dir);
  const lines = await Promise.all(parts.map((name) => readFile(join(at.parts, name), 'utf8')));
  await publish(dir, join(at.loaded, `${day}.tsv`), HEADER + lines.join(''));
  await syncDirectory(at.loaded);
}

/**
 * The directories that the routes need, if they are not there yet.
 * @param {string} dir
 */
export async function prepareRoutes(dir) {
  const { parts, loaded, days, routes } = places(dir);
  for (const directory of [parts, loaded, days, routes]) await mkdir(directory, { recursive: true });
  await syncDirectory(dir);
}

/**
 * Writes the routes of one day. When it resolves they survive a power cut.
 * @param {string} dir
 * @param {string} name of the day's file, and of this one
 * @param {string} text
 */
export async function writeRoutes(dir, name, text) {
  const { routes } = places(dir);
  await publish(dir, join(routes, name), text);
  await syncDirectory(routes);
}

/**
 * @param {string} dir
 */
export async function removeParts(dir) {
  await rm(places(dir).parts, { recursive: true, force: true });
}

/**
 * Staged under a name of this process, synced, renamed: whoever looks sees the whole file or none.
 * @param {string} dir
 * @param {string} target
 * @param {string} text
 */
async function publish(dir, target, text) {
  const staged = join(places(dir).parts, `.staged-${process.pid}`);
  const file = await open(staged, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(staged, target);
}

/** @param {string} directory */
async function syncDirectory(directory) {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
