// The load, as a script that one simply runs again: after a crash it does what is missing, after a finished load all of it.
//   node examples/flights/load.mjs [DIRECTORY]
import { PersistentQueue } from 'dibs';
import { fileURLToPath } from 'node:url';
import { startCrew } from './crew.mjs';
import { ranges } from './extract.mjs';
import { clear, listDays, markComplete, places, removeParts } from './output.mjs';
import { printNews, watch } from './news.mjs';

/**
 * A unit of work: a range of rows to load, or a day to assemble of its parts.
 * @typedef {import('./extract.mjs').Range | import('./output.mjs').Day} Unit
 */

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));

/**
 * @param {{ dir: string, workers?: number, rows?: number, size?: number, tell?: (news: import('./news.mjs').News) => void }} options
 *   `rows`: only the first so many of the file; `size`: rows in a unit of work; `tell`: how far it is
 */
export async function load({ dir, workers = 4, rows, size, tell = () => {} }) {
  /** @type {PersistentQueue<Unit>} */
  const queue = await PersistentQueue.open(places(dir).queue, { maxAttempts: 20 }); // so many kills by hand are not its fault

  // Nothing put yet: a new load, and what an earlier one wrote goes. Else what was given up gets another chance.
  const { waiting, done, failed } = await queue.counts();
  if (waiting + done + failed === 0) await clear(dir);
  else await queue.retry();

  const progress = watch(queue, tell);
  await progress.begin('opened');
  const crew = startCrew(WORKER, {
    args: [dir],
    size: workers,
    onHire: (worker) => queue.share(worker),
    onChange: (pids) => tell({ workers: pids }),
  });

  // Extract, clean and join: one unit a range of rows. Put under a key, it is refused if an earlier run of this load put it.
  await queue.putMany(ranges({ rows, size }), { key: keyOf });
  await progress.begin('rows');
  await allDone(queue, crew);

  // Assemble: one unit a day, made of the parts that the first stage left.
  const days = await listDays(dir);
  await queue.putMany(days, { key: keyOf });
  await progress.begin('days', days.length);
  await allDone(queue, crew);

  // Closed with nothing left, the load is finished, and the next run starts afresh. Only now nobody needs the parts any more.
  await queue.close();
  await crew;
  await removeParts(dir);
  await markComplete(dir);
  await progress.end();
  await queue.dispose();
}

/** @param {Unit} unit */
function keyOf(unit) {
  return 'day' in unit ? unit.day : `rows from ${unit.from}`;
}

/**
 * Waits until the workers have done all that was put.
 * @param {PersistentQueue<Unit>} queue
 * @param {Promise<void>} crew
 */
async function allDone(queue, crew) {
  await Promise.race([queue.join(), crew]);
  for await (const { value, error } of queue.failed()) {
    throw new Error(`${JSON.stringify(value)} failed: ${error.message}. Mend that and run it again: only what is missing is done.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await load({ dir: process.argv[2] ?? '.demo', tell: printNews });
