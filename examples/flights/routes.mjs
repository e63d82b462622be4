// The second stage, as a script that one simply runs again: the files of the load become messages of a folder queue, and
// worker processes count the routes of each day.
//   node examples/flights/routes.mjs [DIRECTORY]
import { WritableFolderQueue } from 'dibs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCrew } from './crew.mjs';
import { isComplete, places, prepareRoutes, removeParts } from './output.mjs';

const WORKER = fileURLToPath(new URL('routes-worker.mjs', import.meta.url));

/**
 * What happens, for whoever watches it.
 * @typedef {{ took: string, attempt: number, lingers: boolean } | { did: string, attempt: number }} WorkerNews
 * @typedef {{ pid: number, claim: () => Promise<string | undefined>, news: WorkerNews }} WorkerSays `claim`: where its file lies
 * @typedef {{ workers: number[] } | WorkerSays} News
 */

/**
 * @param {{ dir: string, workers?: number, lingerOver?: string, tell?: (news: News) => void }} options
 *   `lingerOver`: whoever takes that file for the first time does nothing for a while, so that there is time to kill it
 */
export async function countRoutes({ dir, workers = 4, lingerOver = '', tell = () => {} }) {
  const { loaded, inbox, days } = places(dir);
  await prepareRoutes(dir);

  // From here on, until DONE, readers wait for more. This run replaces those of its name that were killed.
  const queue = await WritableFolderQueue.open(inbox, { producer: 'flights', doneDir: days, maxAttempts: 20 });
  const crew = startCrew(WORKER, {
    args: [dir, lingerOver],
    size: workers,
    onHire: (worker) => listen(worker, queue, tell),
    onChange: (pids) => tell({ workers: pids }),
  });

  // Each file is moved in, and so is in one place at a time: a rerun puts those that are not in yet.
  await Promise.all((await readdir(loaded)).map((name) => queue.put(join(loaded, name))));
  await queue.close(); // says DONE: the workers end when nothing is left, and no other of them has anything that may come back
  await crew;
  await queue.dispose();
  await removeParts(dir);
}

/**
 * How many files there are to do, and how many are done.
 * @param {string} dir
 */
export async function howFar(dir) {
  const { loaded, inbox, days } = places(dir);
  const [left, taken, done] = await Promise.all(
    [loaded, inbox, days].map((place) => readdir(place).catch(() => /** @type {string[]} */ ([]))),
  );
  const day = /^(?:\d{4}-\d\d-\d\d|set-aside)\.tsv/;
  const files = new Set([...(left ?? []), ...(taken ?? [])].flatMap((name) => day.exec(name)?.[0] ?? []));
  return { files: [...files].sort(), done: done?.length ?? 0, taken: taken?.filter((name) => name.endsWith('.wip')).length ?? 0 };
}

/**
 * @param {import('./crew.mjs').Worker} worker
 * @param {WritableFolderQueue} queue
 * @param {(news: News) => void} tell
 */
function listen(worker, queue, tell) {
  worker.on('message', (/** @type {WorkerNews} */ news) => {
    const name = 'took' in news ? news.took : news.did;
    tell({ pid: worker.pid ?? 0, claim: () => queue.claimedPath(name), news });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dir = process.argv[2] ?? '.demo';
  if (!isComplete(dir)) throw new Error(`The load in ${dir} is not complete. Run it first: node examples/flights/load.mjs ${dir}`);
  await countRoutes({ dir });
}
