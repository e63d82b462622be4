// `npm start`: loads three million flights, kills the load half way, runs it again, and proves that nothing is missing and
// nothing is there twice. The load itself, and the queue, are in load.mjs and worker.mjs.
import { PersistentQueue } from 'dibs';
import { setTimeout as wait } from 'node:timers/promises';
import { ranges } from './extract.mjs';
import { parseOptions } from './options.mjs';
import { places } from './output.mjs';
import { openScreen } from './render.mjs';
import { runLoad } from './run.mjs';
import { createStory } from './story.mjs';
import { verify } from './verify.mjs';

/** How long an earlier run may take to notice that it is alone and to end. */
const PATIENCE_MS = 10_000;

/**
 * An unfinished load counts as done, so that the next opening starts afresh.
 * @param {string} dir
 */
async function forget(dir) {
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
  const runs = await runToTheEnd(options, story);
  story.verifying();
  const result = await verify({ dir: places(dir).days, rows, onProgress: (part) => story.verified(part) });
  story.end(runs, result);
  process.exitCode = result.different.length === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
