import { readdir } from 'node:fs/promises';
import { it } from 'vitest';
import { listen, ownDirectory, readTotals, startFlights, TOTALS } from '../support/flights.ts';

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
    expect((await readdir(dir)).sort()).toEqual(['days', 'queue']);
  },
);

it.concurrent('says what is wrong with an option', async ({ expect, onTestFinished }) => {
  const dir = await ownDirectory(onTestFinished);
  const { code, said } = await listen(startFlights(dir, 1, '--kill-at', 'half'));
  expect(said).toBe('--kill-at is "half", expected is a whole number from 0 to 100.\n');
  expect(code).toBe(1);
});
