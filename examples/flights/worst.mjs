// The third stage, as a script that one simply runs again: each day is a part of a batch, worker processes add up its routes'
// delays, and whichever of them is first when all parts are done finds the worst routes of the half-year, once.
//   node examples/flights/worst.mjs [DIRECTORY]
import { createBatch } from 'dibs/tasks';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCrew } from './crew.mjs';
import { places } from './output.mjs';

const WORKER = fileURLToPath(new URL('worst-worker.mjs', import.meta.url));

export const BATCH = 'worst-routes';

/**
 * @typedef {{ day: string }} Day a part of the batch
 * @typedef {{ route: string, flights: number, delay: number }} Route
 * @typedef {{ routes: number }} Mapped what a part comes to; the rest is in its file
 *
 * What happens, for whoever watches it.
 * @typedef {{ took: string, day: string, attempt: number, lingers: boolean } | { did: string, day: string, attempt: number } | { reduced: Route[] }} PartNews
 * @typedef {{ workers: number[] } | { pid: number, news: PartNews }} News
 */

/**
 * The address of the store that the batch is in.
 * @param {string} dir
 */
export function storeOf(dir) {
  return `file:${resolve(places(dir).state)}`;
}

/**
 * @param {{ dir: string, workers?: number, lingerOver?: string, tell?: (news: News) => void }} options
 *   `lingerOver`: whoever takes the part of that day for the first time does nothing for a while, so that there is time to kill it
 * @returns {Promise<Route[]>} the worst, the worst first
 */
export async function findWorst({ dir, workers = 4, lingerOver = '', tell = () => {} }) {
  const days = (await readdir(places(dir).routes)).filter((name) => /^\d{4}-\d\d-\d\d\.tsv$/.test(name)).sort();
  // The plan is on disk before anybody can take a part: a rerun gets the batch that is there, and makes what is missing of it.
  const batch = await createBatch(
    days.map((day) => ({ day })),
    { store: storeOf(dir), id: BATCH, maxAttempts: 20, metadata: { flights: 'January to June 2001' } },
  );
  await startCrew(WORKER, {
    args: [dir, lingerOver],
    size: workers,
    onHire: (worker) => worker.on('message', (/** @type {PartNews} */ news) => tell({ pid: worker.pid ?? 0, news })),
    onChange: (pids) => tell({ workers: pids }),
  });
  const worst = await batch.reduced();
  await batch.dispose();
  return /** @type {Route[]} */ (worst);
}

/**
 * What is in a directory; nothing, if it is not there yet.
 * @param {string} directory
 */
const namesIn = (directory) => readdir(directory).catch(() => /** @type {string[]} */ ([]));

/**
 * How far it is.
 * @param {string} dir
 */
export async function howManyDays(dir) {
  const room = join(places(dir).state, 'batches', BATCH);
  const tasks = (await namesIn(room)).find((name) => name.startsWith('tasks-'));
  const done = tasks === undefined ? [] : await namesIn(join(room, tasks, 'succeeded'));
  return done.filter((name) => /^\d+\.json$/.test(name)).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { route, flights, delay } of await findWorst({ dir: process.argv[2] ?? '.demo' }))
    console.log(`${(delay / flights).toFixed(1).padStart(6)} min  ${route}`);
}
