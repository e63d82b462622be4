// `npm start`: loads three million flights, kills the load half way and runs it again; has their routes counted, and kills a
// worker that has a file in hands; has the worst of them found, and kills a worker that has the last part in hands; and proves
// that nothing is missing and nothing is there twice. The load is in load.mjs and worker.mjs, the routes are in routes.mjs and
// routes-worker.mjs, the worst of them in worst.mjs and worst-worker.mjs.
import { PersistentQueue, QueueLockedError } from 'dibs';
import { setTimeout as wait } from 'node:timers/promises';
import { ranges } from './extract.mjs';
import { parseOptions } from './options.mjs';
import { forgetComplete, isComplete, places } from './output.mjs';
import { openScreen } from './render.mjs';
import { createRoutesStory } from './routes-story.mjs';
import { countRoutes, howFar } from './routes.mjs';
import { runLoad } from './run.mjs';
import { createStory } from './story.mjs';
import { verify } from './verify.mjs';
import { findWorst, howManyDays } from './worst.mjs';
import { createWorstStory } from './worst-story.mjs';
import { readdir } from 'node:fs/promises';

/** How long an earlier run may take to notice that it is alone and to end. */
const PATIENCE_MS = 10_000;

/**
 * An unfinished load counts as done, so that the next opening starts afresh.
 * @param {string} dir
 */
async function forget(dir) {
  await forgetComplete(dir);
  const queue = await PersistentQueue.open(places(dir).queue);
  await queue.markAllDone();
  await queue.close();
  await queue.dispose();
}

/**
 * Runs the load until it is finished, and kills it where it should be killed.
 * @param {import('./options.mjs').Options} options
 * @param {import('./story.mjs').Story} story
 */
async function runToTheEnd({ dir, workers, rows, size, kills }, story) {
  /** @type {import('./run.mjs').Run[]} */
  const runs = [];
  const locked = performance.now() + PATIENCE_MS;
  for (;;) {
    const run = await runLoad({ dir, workers, rows, size }, (news) => {
      story.progress(news, runs);
      const killAt = kills[runs.length];
      const done = news.last === undefined ? -1 : 1 - news.last.left.rows / rows;
      return killAt !== undefined && done >= killAt && !wasKilledByHand(runs, news);
    });
    if (run.ending === 'locked' && performance.now() < locked) await wait(100);
    else if (run.ending === 'locked') throw new Error(run.locked);
    else if (run.ending === 'failed')
      throw new Error('The load failed; what it said is above. Start it again when that is mended: it goes on from there.');
    else {
      runs.push(run);
      story.ended(run);
      if (run.ending === 'finished') return runs;
    }
  }
}

/**
 * Has the routes counted, and kills a worker that has a file in hands, unless somebody killed something before.
 * @param {import('./options.mjs').Options} options
 * @param {import('./routes-story.mjs').RoutesStory} story
 */
async function routesToTheEnd({ dir, workers, kills }, story) {
  const found = await howFar(dir);
  story.begin(found, workers);
  const victim = kills.length > 0 && found.done === 0 ? found.files[Math.floor(found.files.length / 2)] : undefined;
  await countRoutes({
    dir,
    workers,
    lingerOver: victim,
    tell: (news) => {
      story.tell(news);
      if ('pid' in news && 'took' in news.news && news.news.lingers) void killHolder(news, story);
    },
  });
  return story.end();
}

/**
 * @param {import('./routes.mjs').WorkerSays} news
 * @param {import('./routes-story.mjs').RoutesStory} story
 */
async function killHolder({ pid, claim }, story) {
  const path = await claim();
  if (path === undefined) return; // somebody was faster
  story.kills(pid, path);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Here too.
  }
}

/**
 * Has the worst routes found, and kills a worker that has the last part in hands, unless somebody killed something before.
 * @param {import('./options.mjs').Options} options
 * @param {import('./worst-story.mjs').WorstStory} story
 */
async function worstToTheEnd({ dir, workers, kills }, story) {
  const days = (await readdir(places(dir).routes)).filter((name) => /^\d/.test(name)).sort();
  const before = await howManyDays(dir);
  story.begin(days.length, before);
  const victim = kills.length > 0 && before === 0 ? days[Math.floor(days.length / 3)] : undefined;
  const worst = await findWorst({
    dir,
    workers,
    lingerOver: victim,
    tell: (news) => {
      story.tell(news);
      if ('pid' in news && 'took' in news.news && news.news.lingers) void killWithTheLast(news.pid, news.news.day, story);
    },
  });
  return { worst, finding: story.end() };
}

/**
 * Waits until the part that a worker has is the last one, and kills it.
 * @param {number} pid
 * @param {string} day
 * @param {import('./worst-story.mjs').WorstStory} story
 */
async function killWithTheLast(pid, day, story) {
  while (story.left() > 1) await wait(20);
  story.kills(pid, day);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Somebody was faster.
  }
}

/**
 * Nobody else begins a load while this goes on with what the last one wrote: who has the queue of the load has the directory.
 * @param {string} dir
 */
async function holdLoad(dir) {
  const locked = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await PersistentQueue.open(places(dir).queue);
    } catch (error) {
      if (!(error instanceof QueueLockedError) || performance.now() > locked) throw error;
      await wait(100);
    }
  }
}

/**
 * Somebody killed it, today or before this started: then it need not be killed again.
 * @param {import('./run.mjs').Run[]} earlier
 * @param {import('./run.mjs').Run} run
 */
function wasKilledByHand(earlier, run) {
  const [first = run] = earlier;
  return (first.found?.done ?? 0) > 0 || earlier.some(({ ending }) => ending === 'killed by hand');
}

async function main() {
  const options = parseOptions();
  const { dir, rows, size } = options;
  const screen = openScreen(process.stdout);
  const story = createStory(screen, { dir, rows, size, units: [...ranges({ rows, size })].length });
  process.once('SIGINT', () => {
    screen.line('Stopped. Start it again: it goes on from here.');
    process.exit(130);
  });
  if (options.fresh) await forget(dir);
  story.begin();
  const runs = isComplete(dir) ? [] : await runToTheEnd(options, story);
  const held = await holdLoad(dir);
  const counting = await routesToTheEnd(options, createRoutesStory(screen));
  const { worst, finding } = await worstToTheEnd(options, createWorstStory(screen));
  story.verifying();
  const { days, routes } = places(dir);
  const result = await verify({ days, routes, rows, onProgress: (part) => story.verified(part) });
  await forgetComplete(dir); // it is all done: the next run begins anew
  await held.dispose();
  story.end(runs, { counting, finding, worst }, result);
  process.exitCode = result.different.length === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
