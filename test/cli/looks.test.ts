import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { looks } from '../../src/cli/looks.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { tempFolder } from '../support/temp-folder.ts';

const never = new AbortController().signal;

it('looks at once, and again when the interval is over', async () => {
  const clock = manualClock();
  const looking = looks(tempFolder(), { clock, intervalMs: 1_000, signal: never, events: false });
  expect(await looking.next()).toEqual({ done: false, value: undefined });
  let looked = false;
  const next = looking.next().then(() => (looked = true));
  await clock.advance(999);
  expect(looked).toBe(false);
  await clock.advance(1);
  await next;
  await looking.return();
});

it('rests in proportion to what a look takes, however short the interval', async () => {
  const clock = manualClock();
  const looking = looks(tempFolder(), { clock, intervalMs: 10, signal: never, events: false });
  await looking.next();
  await clock.advance(500); // the look
  let looked = false;
  const next = looking.next().then(() => (looked = true));
  await clock.advance(1_999);
  expect(looked).toBe(false);
  await clock.advance(11);
  await next;
  await looking.return();
});

it('looks sooner when something changes in the folder', async () => {
  const folder = tempFolder();
  const looking = looks(folder, { clock: systemClock, intervalMs: 600_000, signal: never });
  await looking.next();
  const next = looking.next();
  const writing = setInterval(() => writeFileSync(join(folder, 'x'), String(Math.random())), 20);
  await next;
  clearInterval(writing);
  await looking.return();
});

it('ends with the reason of its signal, also in the middle of a wait', async () => {
  const stop = new AbortController();
  const looking = looks(tempFolder(), { clock: manualClock(), intervalMs: 1_000, signal: stop.signal, events: false });
  await looking.next();
  const next = looking.next();
  stop.abort(new Error('enough'));
  await expect(next).rejects.toThrow('enough');
});
