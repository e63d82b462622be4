// The proof: counts the flights and routes straight from the Parquet file, counts those in the files that were written, and
// compares day by day. It shares no code with what wrote them: it reads, cleans and joins in its own way.
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { count, countRoute, totalsOfRoutes } from './tally.mjs';

/**
 * @typedef {import('./tally.mjs').Days} Days
 * @typedef {Map<string, import('./tally.mjs').RouteTotals>} RouteDays
 * @typedef {{ days: Days, routes: RouteDays }} Counted
 */

/**
 * Counts both at once, each in a thread of its own.
 * @param {{ days: string, routes: string, rows: number, onProgress?: (part: number) => void }} options the directories, how
 *   many rows of the Parquet file, and `onProgress`: how far it is, from 0 to 1
 * @returns {Promise<{ written: Counted, direct: Counted, different: string[] }>}
 */
export async function verify({ days, routes, rows, onProgress = () => {} }) {
  let counted = 0;
  const onCounted = (/** @type {number} */ flights) => onProgress((counted += flights) / rows / 2);
  const [written, direct] = await Promise.all([inThread({ days, routes }, onCounted), inThread({ rows }, onCounted)]);
  const different = new Set([...differences(written.days, direct.days), ...differences(written.routes, direct.routes)]);
  return { written, direct, different: [...different].sort() };
}

/**
 * @param {Map<string, unknown>} one
 * @param {Map<string, unknown>} other
 */
function differences(one, other) {
  const days = new Set([...one.keys(), ...other.keys()]);
  return [...days].filter((day) => JSON.stringify(one.get(day)) !== JSON.stringify(other.get(day)));
}

/**
 * @param {{ days: string, routes: string } | { rows: number }} what
 * @param {(flights: number) => void} onCounted so many more
 * @returns {Promise<Counted>}
 */
function inThread(what, onCounted) {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: what });
    thread.on('message', ({ more, counted }) => (counted === undefined ? onCounted(more) : resolve(counted)));
    thread.once('error', reject);
  });
}

/**
 * What the second stage wrote.
 * @param {string} directory
 */
function countRouteFiles(directory) {
  /** @type {import('./tally.mjs').Routes} */
  const routes = new Map();
  for (const name of readdirSync(directory)) {
    const [, ...lines] = readFileSync(join(directory, name), 'utf8').trimEnd().split('\n');
    for (const line of lines) {
      const [origin, from, destination, to, ...numbers] = line.split('\t');
      const [flights = NaN, delay = NaN, mean] = numbers.map(Number);
      if (mean !== Number((delay / flights).toFixed(1))) throw new Error(`${name} has a wrong mean: ${line}`);
      countRoute(routes, name.slice(0, -'.tsv'.length), [origin, from, destination, to].join('\t'), { flights, delay });
    }
  }
  return totalsOfRoutes(routes);
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
    parentPort?.postMessage({ more: lines.length });
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
  const [days, routes] = [new Map(), new Map()];
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
    countGroup(days, routes, columns, Math.min(to, rows) - from, places);
    parentPort?.postMessage({ more: Math.min(to, rows) - from });
    from = to;
  }
  return { days, routes: totalsOfRoutes(routes) };
}

/**
 * @param {Days} days
 * @param {import('./tally.mjs').Routes} routesOfDays
 * @param {Record<string, ArrayLike<any>>} columns
 * @param {number} rows
 * @param {Map<string, string>} places
 */
function countGroup(days, routesOfDays, columns, rows, places) {
  for (let row = 0; row < rows; row += 1) {
    const time = minuteOf(columns.date[row]);
    const [origin, destination] = [columns.origin[row], columns.destination[row]];
    const [delay, distance] = [Number(columns.delay[row]), Number(columns.distance[row])];
    const impossible = delay < -120 || distance <= 0 || origin === destination;
    const route = routeOf(origin, destination, places);
    const day = impossible ? 'set-aside' : time.slice(0, 10);
    count(days, day, { time, route, delay, distance });
    countRoute(routesOfDays, day, route, { flights: 1, delay });
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
  const counted =
    'rows' in workerData
      ? await countParquet(workerData.rows)
      : { days: countFiles(workerData.days), routes: countRouteFiles(workerData.routes) };
  parentPort?.postMessage({ counted });
}
