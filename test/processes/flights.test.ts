import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../examples/flights/main.mjs');
const ROWS = 20_000;
const SLICE = ['--rows', `${ROWS}`, '--size', '500'];

/** What these rows add up to: counted once, by hand, from the Parquet file. */
const TOTALS = { days: 2, flights: 20_000, delay: 275_859, distance: 15_087_480 };

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dibs-flights-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function start(workers: number, ...options: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, '--dir', dir, ...SLICE, '--workers', `${workers}`, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves with all it said; `until` ends the wait as soon as it has said that. */
async function listen(child: ChildProcess, until?: RegExp): Promise<Ended> {
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

/** Kills the process that supervises, and nothing else, when some work is done. Gives what it said until then. */
async function killHalfway(): Promise<string> {
  const child = start(1, '--no-kill');
  const { said } = await listen(child, / [2-9]\d %/);
  child.kill('SIGKILL');
  await once(child, 'close');
  return said;
}

/** Reads what was loaded, by nothing but its lines. */
async function readTotals(): Promise<typeof TOTALS> {
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

it('loads the flights to the same totals, wherever the owner and its workers are killed', { timeout: 120_000 }, async () => {
  const { code, said } = await listen(start(2, '--kill-at', '50,100'));
  expect(said.match(/kill -9 \d+ \d+ \d+ {2}/g)).toHaveLength(2);
  expect(said).toContain('run 3, finished');
  expect(said).toContain('Equal on every day');
  expect(code).toBe(0);
  expect(await readTotals()).toEqual(TOTALS);
  expect((await readdir(dir)).sort()).toEqual(['days', 'queue']);
});

it('goes on where it stopped when the process that started it all is killed by hand', { timeout: 120_000 }, async () => {
  await killHalfway();
  const resumed = await listen(start(1));
  expect(resumed.said).toMatch(/Resumes: \d+ units are done/);
  expect(resumed.said).toContain('run 1, finished');
  expect(resumed.code).toBe(0);
  expect(await readTotals()).toEqual(TOTALS);

  expect(await killHalfway(), 'a finished load is not resumed').not.toContain('Resumes');
  const fresh = await listen(start(1, '--fresh', '--no-kill'));
  expect(fresh.said, 'nor one that is to be forgotten').not.toContain('Resumes');
  expect(fresh.code).toBe(0);
  expect(await readTotals()).toEqual(TOTALS);
});

it('runs an owner again and replaces a worker that somebody kills', { timeout: 120_000 }, async () => {
  const child = start(2, '--no-kill');
  const { said } = await listen(child, /workers: \d+ \d+/);
  const [, owner, worker] = /process (\d+); workers: (\d+)/.exec(said) ?? [];
  process.kill(Number(worker), 'SIGKILL');
  const afterWorker = await listen(child, / [2-9]\d %/);
  process.kill(Number(owner), 'SIGKILL');

  const rest = await listen(child);
  expect(afterWorker.said + rest.said).toContain(`worker ${worker} is gone`);
  expect(rest.said).toContain(`process ${owner} was killed, and not by this one`);
  expect(rest.said).toContain('Equal on every day');
  expect(rest.code).toBe(0);
  expect(await readTotals()).toEqual(TOTALS);
});

it('says what is wrong with an option', async () => {
  const { code, said } = await listen(start(1, '--kill-at', 'half'));
  expect(said).toBe('--kill-at is "half", expected is a whole number from 0 to 100.\n');
  expect(code).toBe(1);
});
