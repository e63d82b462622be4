import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { example } from './programs.ts';

const MAIN = example('flights', 'main.mjs');
const ROWS = 20_000;
const SLICE = ['--rows', `${ROWS}`, '--size', '1000'];

/** What these rows add up to: counted once, by hand, from the Parquet file. */
export const TOTALS = { days: 2, flights: 20_000, delay: 275_859, distance: 15_087_480 };

/** And their routes: once more by hand, each pair of airports on each day a route. */
export const ROUTES = { files: 2, routes: 5638, flights: TOTALS.flights, delay: TOTALS.delay };

/** Each test has a directory of its own, so that they can run side by side: mostly they wait for their processes. */
export async function ownDirectory(onTestFinished: TestContext['onTestFinished']): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'dibs-flights-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

export function startFlights(dir: string, workers: number, ...options: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, '--dir', dir, ...SLICE, '--workers', `${workers}`, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves with all it said; `until` ends the wait as soon as it has said that. */
export async function listen(child: ChildProcess, until?: RegExp): Promise<Ended> {
  let said = '';
  const heard = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (until?.test(said)) resolve();
      });
    }
  });
  const closed = once(child, 'close');
  await (until === undefined ? closed : Promise.race([heard, closed]));
  return { code: child.exitCode, said };
}

/** Reads what was loaded, by nothing but its lines. */
export async function readTotals(dir: string): Promise<typeof TOTALS> {
  const totals = { days: 0, flights: 0, delay: 0, distance: 0 };
  for (const name of await readdir(join(dir, 'days'))) {
    const [, ...lines] = (await readFile(join(dir, 'days', name), 'utf8')).trimEnd().split('\n');
    totals.days += 1;
    for (const line of lines) {
      const [, , , , , delay, distance] = line.split('\t');
      totals.flights += 1;
      totals.delay += Number(delay);
      totals.distance += Number(distance);
    }
  }
  return totals;
}

/** Reads the routes that were counted, by nothing but their lines. */
export async function readRoutes(dir: string): Promise<typeof ROUTES> {
  const totals = { files: 0, routes: 0, flights: 0, delay: 0 };
  for (const name of await readdir(join(dir, 'routes'))) {
    const [, ...lines] = (await readFile(join(dir, 'routes', name), 'utf8')).trimEnd().split('\n');
    totals.files += 1;
    for (const line of lines) {
      const [, , , , flights, delay] = line.split('\t');
      totals.routes += 1;
      totals.flights += Number(flights);
      totals.delay += Number(delay);
    }
  }
  return totals;
}
