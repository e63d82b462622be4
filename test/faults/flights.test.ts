import { once } from 'node:events';
import { it } from 'vitest';
import { listen, ownDirectory, readTotals, startFlights, TOTALS } from '../support/flights.ts';

it.concurrent(
  'goes on where it stopped whichever of its processes somebody kills',
  { timeout: 120_000 },
  async ({ expect, onTestFinished }) => {
    const dir = await ownDirectory(onTestFinished);
    const child = startFlights(dir, 2, '--no-kill');
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

    const again = await listen(startFlights(dir, 1));
    expect(again.said).toMatch(/Resumes: \d+ units are done/);
    expect(again.said).toContain('run 1, finished');
    expect(again.said).toContain('Equal on every day');
    expect(again.code).toBe(0);
    expect(await readTotals(dir)).toEqual(TOTALS);
  },
);

it.concurrent('forgets an unfinished load when it is told to start over', { timeout: 120_000 }, async ({ expect, onTestFinished }) => {
  const dir = await ownDirectory(onTestFinished);
  const stopped = startFlights(dir, 1, '--no-kill');
  await listen(stopped, / [2-9]\d %/);
  stopped.kill('SIGKILL');
  await once(stopped, 'close');

  const fresh = await listen(startFlights(dir, 1, '--no-kill', '--fresh'));
  expect(fresh.said).not.toContain('Resumes');
  expect(fresh.code).toBe(0);
  expect(await readTotals(dir)).toEqual(TOTALS);
});
