// What flights add up to, day by day.

/**
 * @typedef {object} Totals of one day
 * @property {number} flights
 * @property {number} delay the sum, in minutes
 * @property {number} distance the sum, in miles
 * @property {number} fingerprint the sum of a hash of every row, its joined names too: another if one is wrong, twice or missing
 *
 * @typedef {Map<string, Totals>} Days by day, `2001-04-02`; and `set-aside`
 */

/**
 * The totals of all days together.
 * @param {Days} days
 * @returns {Totals}
 */
export function sum(days) {
  const total = noTotals();
  for (const day of days.values()) for (const key of /** @type {(keyof Totals)[]} */ (Object.keys(total))) total[key] += day[key];
  return total;
}

/**
 * @param {Days} days
 * @param {string} day
 * @param {{ time: string, route: string, delay: number, distance: number }} flight `route`: both codes, each with its name
 */
export function count(days, day, { time, route, delay, distance }) {
  let totals = days.get(day);
  if (totals === undefined) days.set(day, (totals = noTotals()));
  totals.flights += 1;
  totals.delay += delay;
  totals.distance += distance;
  if (time !== lastTime.text) lastTime = { text: time, hash: hashOf(time) };
  totals.fingerprint += mix(mix(mix(lastTime.hash, hashOf(route)), delay), distance) >>> 0;
}

let lastTime = { text: '', hash: 0 };

/**
 * What the flights of a day add up to, route by route.
 * @typedef {object} RouteTotals
 * @property {number} routes
 * @property {number} flights
 * @property {number} delay the sum, in minutes
 * @property {number} fingerprint the sum of a hash of every route, its flights and its delay
 *
 * @typedef {Map<string, Map<string, { flights: number, delay: number }>>} Routes by day, and by both codes, each with its name
 */

/**
 * @param {Routes} routes
 * @param {string} day
 * @param {string} route
 * @param {{ flights: number, delay: number }} more
 */
export function countRoute(routes, day, route, { flights, delay }) {
  let ofDay = routes.get(day);
  if (ofDay === undefined) routes.set(day, (ofDay = new Map()));
  const totals = ofDay.get(route);
  if (totals === undefined) ofDay.set(route, { flights, delay });
  else {
    totals.flights += flights;
    totals.delay += delay;
  }
}

/**
 * @param {Routes} routes
 * @returns {Map<string, RouteTotals>} by day
 */
export function totalsOfRoutes(routes) {
  const days = new Map();
  for (const [day, ofDay] of routes) {
    const totals = { routes: ofDay.size, flights: 0, delay: 0, fingerprint: 0 };
    for (const [route, { flights, delay }] of ofDay) {
      totals.flights += flights;
      totals.delay += delay;
      totals.fingerprint += mix(mix(hashOf(route), flights), delay) >>> 0;
    }
    days.set(day, totals);
  }
  return days;
}

/** @returns {Totals} */
function noTotals() {
  return { flights: 0, delay: 0, distance: 0, fingerprint: 0 };
}

/** @type {Map<string, number>} */
const hashes = new Map();

/** @param {string} word */
function hashOf(word) {
  let hash = hashes.get(word);
  if (hash === undefined) {
    hash = 0;
    for (let at = 0; at < word.length; at += 1) hash = mix(hash, word.charCodeAt(at));
    hashes.set(word, hash);
  }
  return hash;
}

/**
 * @param {number} a
 * @param {number} b
 */
function mix(a, b) {
  const hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
