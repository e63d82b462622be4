import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { it } from 'vitest';
import { DEEP } from '../support/sample.ts';
import { listen, ownDirectory, readRoutes, readTotals, ROUTES, startFlights, TOTALS } from '../support/flights.ts';

it.concurrent(
  'loads the flights to the same totals, wherever the owner and its workers are killed',
  { timeout: 120_000 },
  async ({ expect, onTestFinished }) => {
    const dir = await ownDirectory(onTestFinished);
    const { code, said } = await listen(startFlights(dir, 2, '--kill-at', '50,100'));
    expect(said.match(/kill -9 \d+ \d+ \d+ {2}/g)).toHaveLength(2);
    expect(said).toContain('run 3, finished');
    expect(said).toContain('Equal on every day');
    expect(code).toBe(0);
    expect(await readTotals(dir)).toEqual(TOTALS);
    const [, worker, file = ''] = /kill -9 (\d+) {2}a worker, with a file in its hands: (\S+?\.tsv)\.\S+a1\.wip/.exec(said) ?? [];
    expect(said).toContain(`worker ${worker} is gone`);
    expect(said).toMatch(new RegExp(`Worker ${worker} was killed with ${file} in its hands; \\d+ finished it, at attempt 2`));
    expect(await readRoutes(dir)).toEqual(ROUTES);
    const [, mapper] = /kill -9 (\d+) {2}a worker, with the last part in its hands/.exec(said) ?? [];
    expect(said).toMatch(new RegExp(`Worker ${mapper} was killed with the last part in its hands; \\d+ did it, at attempt 2`));
    expect(said).toMatch(/parts were mapped in .* s, and \d+ reduced them, once/);
    expect((await readdir(dir)).sort()).toEqual(['days', 'delays', 'inbox', 'loaded', 'queue', 'routes', 'state']);
  },
);

// In `npm run test:faults` it is killed at this and at four other moments.
it.skipIf(!DEEP).concurrent(
  'goes on with the routes, and loads nothing again, when all is killed while they are counted',
  async ({ expect, onTestFinished }) => {
    const dir = await ownDirectory(onTestFinished);
    const child = startFlights(dir, 2, '--kill-at', '100');
    await listen(child, /a worker, with a file in its hands/);
    child.kill('SIGKILL');
    await once(child, 'close');

    const { code, said } = await listen(startFlights(dir, 3));
    expect(said).not.toContain('Run 1');
    expect(said).toContain('Equal on every day');
    expect(code).toBe(0);
    expect([await readTotals(dir), await readRoutes(dir)]).toEqual([TOTALS, ROUTES]);
  },
);

it.concurrent('says what is wrong with an option', async ({ expect, onTestFinished }) => {
  const dir = await ownDirectory(onTestFinished);
  const { code, said } = await listen(startFlights(dir, 1, '--kill-at', 'half'));
  expect(said).toBe('--kill-at is "half", expected is a whole number from 0 to 100.\n');
  expect(code).toBe(1);
});
