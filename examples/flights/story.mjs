// What `npm start` tells: which run is on, how far it is, what a kill left, and at the end what came of it all.
import { places } from './output.mjs';
import { count, table } from './render.mjs';
import { inSentences } from './routes-story.mjs';
import { findingInSentences, worstTable } from './worst-story.mjs';
import { sum } from './tally.mjs';

/**
 * @typedef {import('./run.mjs').Run} Run
 * @typedef {ReturnType<typeof createStory>} Story
 */

/**
 * @param {import('./render.mjs').Screen} screen
 * @param {{ dir: string, rows: number, size: number, units: number }} load
 */
export function createStory(screen, { dir, rows, size, units }) {
  const { line, bold, dim, red, green } = screen;
  const shown = { run: 0, stage: '', workers: /** @type {number[]} */ ([]) };

  /** @param {string} title @param {string} [text] */
  const head = (title, text = '') => {
    screen.endBar();
    line();
    line(`${bold(title)}  ${text}`.trimEnd());
  };

  /** @param {Run} run @param {number} number */
  const beginRun = (run, number) => {
    head(`Run ${number}`, `owner of the queue: process ${run.pid}; workers: ${run.workers.join(' ')}`);
    if (run.found !== undefined && run.found.done > 0) line(`  ${whatWasFound(run.found)}`);
    Object.assign(shown, { run: run.pid, stage: '', workers: run.workers });
  };

  /** @param {Run} run */
  const showBar = ({ first, last, working }) => {
    if (first === undefined || last === undefined) return;
    if (last.stage !== shown.stage) screen.endBar();
    shown.stage = last.stage;
    const loaded = rows - last.left.rows;
    const speed = first.left.rows - last.left.rows;
    if (last.stage === 'rows') screen.bar(loaded / rows, `${count(loaded)} rows${speed > 0 ? `, ${rate(speed / working)}` : ''}`);
    else if (last.days > 0) screen.bar(1 - last.left.days / last.days, `${last.days - last.left.days} of ${last.days} files assembled`);
  };

  return {
    begin() {
      line();
      line(bold(`${count(rows)} flights through a queue made of files`));
      line(`  Cut into ${count(units)} units of work of up to ${count(size)} rows, each to be read from Parquet, cleaned,`);
      line(`  joined with the airports and written by day, by worker processes that share the queue.`);
      line(dim(`  Kill it whenever you like (kill -9 ${process.pid} is this process), start it again, and it goes on where it stopped.`));
    },

    /**
     * @param {Run} run
     * @param {Run[]} earlier
     */
    progress(run, earlier) {
      if (run.first === undefined) return;
      if (shown.run !== run.pid) beginRun(run, earlier.length + 1);
      for (const [gone, hired] of replaced(shown.workers, run.workers))
        line(`  worker ${gone} is gone: what it held goes back at once, and ${hired} takes its place`);
      shown.workers = run.workers;
      showBar(run);
    },

    /** @param {Run} run */
    ended(run) {
      screen.endBar();
      if (run.ending === 'killed')
        line(red(`  kill -9 ${[run.pid, ...run.workers].join(' ')}`) + '  the owner and its workers, in the middle of their work');
      if (run.ending === 'killed by hand') line(red(`  process ${run.pid} was killed`) + ', and not by this one: run it again');
    },

    verifying() {
      head('Proof', 'every flight and every route counted again, straight from the Parquet file');
    },

    /** @param {number} part from 0 to 1 */
    verified(part) {
      if (screen.live) screen.bar(part, 'counted');
    },

    /**
     * @param {Run[]} runs
     * @param {{ counting: import('./routes-story.mjs').Counting, finding: import('./worst-story.mjs').Finding, worst: import('./worst.mjs').Route[] }} later
     *   what became of the stages behind the load
     * @param {Awaited<ReturnType<typeof import('./verify.mjs').verify>>} result
     */
    end(runs, { counting, finding, worst }, result) {
      const { different, written } = result;
      screen.endBar();
      for (const text of table(comparison(result))) line(text);
      if (different.length === 0) line(green('  Equal on every day, row by row: nothing is missing, nothing is there twice.'));
      else line(red(`  Different on ${count(different.length)} days: ${different.slice(0, 5).join(', ')}`));
      head('Summary');
      if (runs.length > 0) for (const text of table(summary(runs, rows))) line(text);
      for (const text of [...inSentences(counting), ...findingInSentences(finding)]) line(`  ${text}`);
      line();
      for (const text of worstTable(worst)) line(text);
      line();
      line(`  ${bold('Look')}  ${places(dir).days}: ${count(written.days.size)} files of cleaned and joined flights, one a day;`);
      line(`        set-aside.tsv beside them has those that landed hours before they could; ${places(dir).routes}: their routes.`);
      line(`  ${bold('Try')}   npm start -- --no-kill, and from another terminal kill -9 any of its processes, or all,`);
      line(`        whenever you like. Then start it again. Or npm start -- --kill-at 10,50,100; --help has more.`);
      line(`  ${bold('Read')}  examples/flights/load.mjs is the load, routes.mjs the second stage and worst.mjs the third;`);
      line(`        worker.mjs, routes-worker.mjs and worst-worker.mjs beside them, what each worker does.`);
      line();
    },
  };
}

/** @param {import('./news.mjs').Progress} found */
function whatWasFound({ done, left }) {
  const untouched = left.ranges + left.days - left.interrupted;
  return `Resumes: ${count(done)} units are done and stay so, ${left.interrupted} were begun and come again, ${count(untouched)} were not.`;
}

/**
 * Pairs of a worker that was there and the one that is there instead.
 * @param {number[]} before
 * @param {number[]} now
 */
function replaced(before, now) {
  const hired = now.filter((pid) => !before.includes(pid));
  return before.filter((pid) => !now.includes(pid)).flatMap((pid, n) => (hired[n] === undefined ? [] : [[pid, hired[n]]]));
}

/** @param {Awaited<ReturnType<typeof import('./verify.mjs').verify>>} result */
function comparison({ written, direct }) {
  const [ours, theirs] = [sum(written.days), sum(direct.days)];
  const [ourRoutes, theirRoutes] = [written, direct].map(({ routes }) =>
    [...routes.values()].reduce((total, day) => total + day.routes, 0),
  );
  /** @type {(name: string, a: number, b: number) => string[]} */
  const row = (name, a, b) => [name, count(a), count(b), a === b ? 'equal' : 'DIFFERENT'];
  return [
    ['', 'written', 'counted directly', ''],
    row('files', written.days.size, direct.days.size),
    row('flights', ours.flights, theirs.flights),
    row('minutes of delay', ours.delay, theirs.delay),
    row('miles', ours.distance, theirs.distance),
    row('routes, day by day', ourRoutes ?? 0, theirRoutes ?? 0),
  ];
}

/**
 * One line a run. What a killed run had done is what the next one found.
 * @param {Run[]} runs
 * @param {number} rows
 */
function summary(runs, rows) {
  const total = runs.at(-1)?.last?.done ?? 0;
  const lines = runs.map((run, n) => {
    const [before, after] = [run.found, runs[n + 1]?.found];
    const units = (after?.done ?? total) - (before?.done ?? 0);
    const loaded = (after ? rowsDone(after, rows) : rows) - (before ? rowsDone(before, rows) : 0);
    const name = `run ${n + 1}, ${run.ending}`;
    return [
      name,
      count(before?.done ?? 0),
      count(before?.left.interrupted ?? 0),
      count(units),
      count(loaded),
      seconds(run.seconds),
      loaded > 0 ? rate(loaded / run.seconds) : '',
    ];
  });
  return [['', 'found done', 'begun before', 'units done', 'rows loaded', 'time', ''], ...lines];
}

/**
 * @param {import('./news.mjs').Progress} found
 * @param {number} rows
 */
function rowsDone({ done, left }, rows) {
  return done === 0 ? 0 : rows - left.rows;
}

/** @param {number} n */
function seconds(n) {
  return `${n.toFixed(1)} s`;
}

/** @param {number} perSecond */
function rate(perSecond) {
  return `${count(perSecond)} rows/s`;
}
