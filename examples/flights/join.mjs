// Join: three letters become the place they stand for.
import { readFile } from 'node:fs/promises';

/** Code, name, city, state, country, latitude and longitude of 3,376 airports. */
export const AIRPORTS = new URL('../data/airports.csv', import.meta.resolve('vega-datasets'));

/**
 * @returns {Promise<(code: string) => string>} `BOS` → `Boston, MA`. A code that nobody knows stays as it is.
 */
export async function openAirports() {
  const places = new Map();
  const [, ...lines] = (await readFile(AIRPORTS, 'utf8')).trimEnd().split('\n');
  for (const line of lines) {
    const [code, , city, state] = cells(line);
    places.set(code, `${city}, ${state}`);
  }
  return (code) => places.get(code) ?? code;
}

/**
 * The cells of one line of CSV: bare, or in quotes, where a quote is written twice.
 * @param {string} line
 */
function cells(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,\r]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
}
