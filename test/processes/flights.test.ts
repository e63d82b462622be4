import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'vitest';

const MAIN = join(import.meta.dirname, '../../examples/flights/main.mjs');
const ROWS = 20_000;
const SLICE = ['--rows', `${ROWS}`, '--size', '1000'];

/** What these rows add up to: counted once, by hand, from the Parquet file. */
const TOTALS = { days: 2, flights: 20_000, delay: 275_859, distance: 15_087_480 };

/** Each test has a directory of its own, so that they can run side by side: mostly they wait for their processes. */
async function ownDirectory(onTestFinished: TestContext['onTestFinished']): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'dibs-flights-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function start(dir: string, workers: number, ...options: string[]): ChildProcess {
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

/** Reads what was loaded, by nothing but its lines. */
async function readTotals(dir: string): Promise<typeof TOTALS> {
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

it.concurrent(
  'loads the flights to the same totals, wherever the owner and its workers are killed',
  { timeout: 120_000 },
  async ({ expect, onTestFinished }) => {
    const dir = await ownDirectory(onTestFinished);
    const { code, said } = await listen(start(dir, 2, '--kill-at', '50,100'));
    expect(said.match(/kill -9 \d+ \d+ \d+ {2}/g)).toHaveLength(2);
    expect(said).toContain('run 3, finished');
    expect(said).toContain('Equal on every day');
    expect(code).toBe(0);
    expect(await readTotals(dir)).toEqual(TOTALS);
    expect((await readdir(dir)).sort()).toEqual(['days', 'queue']);
  },
);

it.concurrent(
  'goes on where it stopped whichever of its processes somebody kills',
  { timeout: 120_000 },
  async ({ expect, onTestFinished }) => {
    const dir = await ownDirectory(onTestFinished);
    const child = start(dir, 2, '--no-kill');
    const { said } = await listen(child, /workers: \d+ \d+/);
    const [, owner, worker] = /process (\d+); workers: (\d+)/.exec(said) ?? [];
    process.kill(Number(worker), 'SIGKILL');
    const more = await listen(child, / [2-9]\d %/);
    expect(more.said).toContain(`worker ${worker} is gone`);
    process.kill(Number(owner), 'SIGKILL');
    const yetMore = await listen(child, /Run 2/);
    expect(yetMore.said).toContain(`process ${owner} was killed, and not by this one`);
    child.kill('SIGKILL');
    await once(child, 'close');

    const again = await listen(start(dir, 1));
    expect(again.said).toMatch(/Resumes: \d+ units are done/);
    expect(again.said).toContain('run 1, finished');
    expect(again.said).toContain('Equal on every day');
    expect(again.code).toBe(0);
    expect(await readTotals(dir)).toEqual(TOTALS);
  },
);

it.concurrent('forgets an unfinished load when it is told to start over', { timeout: 120_000 }, async ({ expect, onTestFinished }) => {
  const dir = await ownDirectory(onTestFinished);
  const stopped = start(dir, 1, '--no-kill');
  await listen(stopped, / [2-9]\d %/);
  stopped.kill('SIGKILL');
  await once(stopped, 'close');

  const fresh = await listen(start(dir, 1, '--no-kill', '--fresh'));
  expect(fresh.said).not.toContain('Resumes');
  expect(fresh.code).toBe(0);
  expect(await readTotals(dir)).toEqual(TOTALS);
});

it.concurrent('says what is wrong with an option', async ({ expect, onTestFinished }) => {
  const dir = await ownDirectory(onTestFinished);
  const { code, said } = await listen(start(dir, 1, '--kill-at', 'half'));
  expect(said).toBe('--kill-at is "half", expected is a whole number from 0 to 100.\n');
  expect(code).toBe(1);
});
