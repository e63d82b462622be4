// One worker process: takes units of work from the queue that load.mjs owns, until there are no more.
import { PersistentQueue, consume } from 'dibs';
import { clean, isPlausible } from './clean.mjs';
import { read } from './extract.mjs';
import { openAirports } from './join.mjs';
import { assembleDay, writeParts } from './output.mjs';

const [dir = '.demo'] = process.argv.slice(2);
const placeOf = await openAirports();

/** @type {import('dibs').AttachedQueue<import('./load.mjs').Unit>} */
const queue = PersistentQueue.attach(process);

// The owner is gone. Whatever this worker holds comes again to the next one, so there is nothing to save.
process.once('disconnect', () => process.exit());

// What fails is tried again, then given up; the others go on. load.mjs looks at what was given up.
await consume(queue, ({ value }) => ('day' in value ? assembleDay(dir, value) : load(value)), {
  onError: 'continue',
  backoff: { firstMs: 100, maxMs: 1_000 },
});
await queue.dispose();
process.disconnect?.();

/**
 * Reads, cleans and joins a range of rows, and writes its part of each day.
 * @param {import('./extract.mjs').Range} range
 */
async function load(range) {
  /** @type {Map<string, string>} */
  const days = new Map();
  for (const row of await read(range)) {
    const flight = clean(row);
    const day = isPlausible(flight) ? flight.day : 'set-aside';
    days.set(day, (days.get(day) ?? '') + lineOf(flight));
  }
  await writeParts(dir, range, days);
}

/** @param {import('./clean.mjs').Flight} flight */
function lineOf({ day, time, origin, destination, delay, distance }) {
  return `${day} ${time}\t${origin}\t${placeOf(origin)}\t${destination}\t${placeOf(destination)}\t${delay}\t${distance}\n`;
}
