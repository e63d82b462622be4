// Summarise: the flights of a day become its routes, each with how many there were and how late they came.

const HEADER = 'origin\tfrom\tdestination\tto\tflights\tdelay\tmean delay\n';

/**
 * The same text for the same flights, always: a repeat of the work writes the same file.
 * @param {string} text of a day's file
 * @returns {string} a line for each pair of origin and destination, in the order of their codes
 */
export function routesOf(text) {
  /** @type {Map<string, { flights: number, delay: number }>} */
  const routes = new Map();
  const [, ...lines] = text.trimEnd().split('\n');
  for (const line of lines) {
    const [, origin, from, destination, to, delay] = line.split('\t');
    const route = `${origin}\t${from}\t${destination}\t${to}`;
    const totals = routes.get(route) ?? { flights: 0, delay: 0 };
    totals.flights += 1;
    totals.delay += Number(delay);
    routes.set(route, totals);
  }
  const sorted = [...routes].sort(([one], [other]) => (one < other ? -1 : 1));
  return HEADER + sorted.map(([route, { flights, delay }]) => `${route}\t${flights}\t${delay}\t${(delay / flights).toFixed(1)}\n`).join('');
}
