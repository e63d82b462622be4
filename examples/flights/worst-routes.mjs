// What the third stage computes: delays by route, and the routes that are late most.

/** Fewer flights in half a year are chance. */
const ENOUGH_FLIGHTS = 200;
const SHOWN = 8;

/**
 * The delays of a day, route by route.
 * @param {string} text of a day's routes
 * @returns {import('./worst.mjs').Route[]}
 */
export function delaysOf(text) {
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => {
    const [origin, from, destination, to, flights, delay] = line.split('\t');
    return { route: `${origin} ${from} – ${destination} ${to}`, flights: Number(flights), delay: Number(delay) };
  });
}

/**
 * The worst routes of all days together, by their mean delay.
 * @param {string[]} days the delays of each, a route a line
 * @returns {import('./worst.mjs').Route[]}
 */
export function worstOf(days) {
  /** @type {Map<string, import('./worst.mjs').Route>} */
  const routes = new Map();
  for (const day of days) {
    for (const line of day.trimEnd().split('\n')) {
      const [route = '', flights, delay] = line.split('\t');
      const total = routes.get(route) ?? { route, flights: 0, delay: 0 };
      total.flights += Number(flights);
      total.delay += Number(delay);
      routes.set(route, total);
    }
  }
  return [...routes.values()]
    .filter(({ flights }) => flights >= ENOUGH_FLIGHTS)
    .sort((one, other) => other.delay / other.flights - one.delay / one.flights || (one.route < other.route ? -1 : 1))
    .slice(0, SHOWN);
}
