// The proof: counts the flights straight from the Parquet file, counts those in the files of the load, and compares day by
// day. It shares no code with the load: it reads, cleans and joins in its own way.
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { count } from './tally.mjs';

/** @typedef {import('./tally.mjs').Days} Days */

/**
 * Counts both at once, each in a thread of its own.
 * @param {{ dir: string, rows: number, onProgress?: (part: number) => void }} options `onProgress`: how far it is, from 0 to 1
 * @returns {Promise<{ loaded: Days, direct: Days, different: string[] }>}
 */
export async function verify({ dir, rows, onProgress = () => {} }) {
  let counted = 0;
  const onCounted = (/** @type {number} */ flights) => onProgress((counted += flights) / rows / 2);
  const [loaded, direct] = await Promise.all([inThread({ dir }, onCounted), inThread({ rows }, onCounted)]);
  const days = new Set([...loaded.keys(), ...direct.keys()]);
  const different = [...days].filter((day) => JSON.stringify(loaded.get(day)) !== JSON.stringify(direct.get(day))).sort();
  return { loaded, direct, different };
}

/**
 * @param {{ dir: string } | { rows: number }} what
 * @param {(flights: number) => void} onCounted so many more
 * @returns {Promise<Days>}
 */
function inThread(what, onCounted) {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: what });
    thread.on('message', ({ counted, days }) => (days === undefined ? onCounted(counted) : resolve(days)));
    thread.once('error', reject);
  });
}

/**
 * What the load wrote.
 * @param {string} directory
 */
function countFiles(directory) {
  /** @type {Days} */
  const days = new Map();
  for (const name of readdirSync(directory)) {
    const [, ...lines] = readFileSync(join(directory, name), 'utf8').trimEnd().split('\n');
    for (const line of lines) {
      const [time, day] = [line.slice(0, 16), name === 'set-aside.tsv' ? 'set-aside' : line.slice(0, 10)];
      if (`${day}.tsv` !== name) throw new Error(`${name} holds a flight of ${day}.`);
      const beforeDistance = line.lastIndexOf('\t');
      const beforeDelay = line.lastIndexOf('\t', beforeDistance - 1);
      const route = line.slice(17, beforeDelay);
      count(days, day, {
        time,
        route,
        delay: Number(line.slice(beforeDelay + 1, beforeDistance)),
        distance: Number(line.slice(beforeDistance + 1)),
      });
    }
    parentPort?.postMessage({ counted: lines.length });
  }
  return days;
}

/**
 * What it should have written.
 * @param {number} rows how many of the file
 */
async function countParquet(rows) {
  const file = await asyncBufferFromFile(fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets'))));
  const metadata = await parquetMetadataAsync(file);
  const places = namesOfAirports();
  const days = new Map();
  for (let from = 0, group = 0; from < Math.min(rows, Number(metadata.num_rows)); group += 1) {
    const to = from + Number(metadata.row_groups[group]?.num_rows);
    /** @type {Record<string, ArrayLike<any>>} */
    const columns = {};
    await parquetRead({
      file,
      metadata,
      compressors,
      rowStart: from,
      rowEnd: to,
      onChunk: (chunk) => (columns[chunk.columnName] = chunk.columnData),
    });
    countGroup(days, columns, Math.min(to, rows) - from, places);
    parentPort?.postMessage({ counted: Math.min(to, rows) - from });
    from = to;
  }
  return days;
}

/**
 * @param {Days} days
 * @param {Record<string, ArrayLike<any>>} columns
 * @param {number} rows
 * @param {Map<string, string>} places
 */
function countGroup(days, columns, rows, places) {
  for (let row = 0; row < rows; row += 1) {
    const time = minuteOf(columns.date[row]);
    const [origin, destination] = [columns.origin[row], columns.destination[row]];
    const [delay, distance] = [Number(columns.delay[row]), Number(columns.distance[row])];
    const impossible = delay < -120 || distance <= 0 || origin === destination;
    const route = routeOf(origin, destination, places);
    count(days, impossible ? 'set-aside' : time.slice(0, 10), { time, route, delay, distance });
  }
}

let minute = { at: NaN, text: '' };

/**
 * Rows are in order of time: the minute is mostly that of the row before.
 * @param {Date} date
 */
function minuteOf(date) {
  const at = date.getTime();
  if (at !== minute.at) minute = { at, text: date.toJSON().slice(0, 16).replace('T', ' ') };
  return minute.text;
}

function namesOfAirports() {
  const text = readFileSync(new URL('../data/airports.csv', import.meta.resolve('vega-datasets')), 'utf8');
  const lines = text.matchAll(/^(\w+),(?:"(?:[^"]|"")*"|[^,]*),(?:"([^"]*)"|([^,]*)),(\w+),/gm);
  return new Map(Array.from(lines, ([, code = '', quoted, bare, state]) => [code, `${quoted ?? bare}, ${state}`]));
}

/** @type {Map<string, Map<string, string>>} */
const routes = new Map();

/**
 * @param {string} origin
 * @param {string} destination
 * @param {Map<string, string>} places
 */
function routeOf(origin, destination, places) {
  let from = routes.get(origin);
  if (from === undefined) routes.set(origin, (from = new Map()));
  let route = from.get(destination);
  if (route === undefined) from.set(destination, (route = [origin, places.get(origin), destination, places.get(destination)].join('\t')));
  return route;
}

if (!isMainThread) {
  parentPort?.postMessage({ days: 'dir' in workerData ? countFiles(workerData.dir) : await countParquet(workerData.rows) });
}
