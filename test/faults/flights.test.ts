import { once } from 'node:events';
import { it } from 'vitest';
import { listen, ownDirectory, readRoutes, readTotals, ROUTES, startFlights, TOTALS } from '../support/flights.ts';

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

it.concurrent.for([/Routes/, /producer: process/, /is gone/, /\d of 2 days/, /Proof/])(
  'finishes after it was killed at %s',
  { timeout: 120_000 },
  async (moment, { expect, onTestFinished }) => {
    const dir = await ownDirectory(onTestFinished);
    const child = startFlights(dir, 2, '--kill-at', '100');
    await listen(child, moment);
    child.kill('SIGKILL');
    await once(child, 'close');

    const { code, said } = await listen(startFlights(dir, 2, '--no-kill'));
    expect(said).not.toContain('Run 1');
    expect(said).toContain('Equal on every day');
    expect(code).toBe(0);
    expect([await readTotals(dir), await readRoutes(dir)]).toEqual([TOTALS, ROUTES]);
  },
);

it.concurrent('starts over, of the routes too, when it is told to', { timeout: 120_000 }, async ({ expect, onTestFinished }) => {
  const dir = await ownDirectory(onTestFinished);
  const stopped = startFlights(dir, 2);
  await listen(stopped, /is gone/);
  stopped.kill('SIGKILL');
  await once(stopped, 'close');

  const { code, said } = await listen(startFlights(dir, 2, '--no-kill', '--fresh'));
  expect(said).toContain('Run 1');
  expect(said).toContain('Routes of 2 days were counted');
  expect(code).toBe(0);
  expect([await readTotals(dir), await readRoutes(dir)]).toEqual([TOTALS, ROUTES]);
});

it.concurrent('goes on when somebody kills a worker that counts routes', { timeout: 120_000 }, async ({ expect, onTestFinished }) => {
  const dir = await ownDirectory(onTestFinished);
  const child = startFlights(dir, 1, '--no-kill');
  const { said } = await listen(child, /producer: process \d+; workers: \d+/);
  process.kill(Number(/producer: process \d+; workers: (\d+)/.exec(said)?.[1]), 'SIGKILL');
  const rest = await listen(child);
  expect(rest.said).toMatch(/worker \d+ is gone/);
  expect(rest.code).toBe(0);
  expect([await readTotals(dir), await readRoutes(dir)]).toEqual([TOTALS, ROUTES]);
});
