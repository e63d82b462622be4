// One run of the load, in a process of its own, which may be killed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LOAD = fileURLToPath(new URL('supervised.mjs', import.meta.url));

/**
 * @typedef {import('./news.mjs').Progress} Progress
 *
 * @typedef {object} Run
 * @property {number} pid the owner of the queue
 * @property {number[]} workers their process ids
 * @property {Progress | undefined} found what it found when it opened the queue
 * @property {Progress | undefined} first when all was put and the work began
 * @property {Progress | undefined} last
 * @property {number} seconds how long it has run
 * @property {number} working how long since `first`, in seconds
 * @property {'running' | 'finished' | 'killed' | 'killed by hand' | 'locked' | 'failed'} ending
 * @property {string} locked by whom, if it was
 */

/**
 * @param {{ dir: string, workers: number, rows: number, size: number }} options
 * @param {(run: Run) => boolean} onNews told whenever there is some; `true` kills the run
 * @returns {Promise<Run>}
 */
export async function runLoad(options, onNews) {
  const child = fork(LOAD, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  /** @type {Run} */
  const run = {
    pid: child.pid ?? 0,
    workers: [],
    found: undefined,
    first: undefined,
    last: undefined,
    seconds: 0,
    working: 0,
    ending: 'running',
    locked: '',
  };
  const since = stopwatch();
  let working = () => 0;
  child.on('message', (/** @type {import('./news.mjs').News} */ news) => {
    if (run.ending !== 'running') return;
    const begun = run.first;
    take(run, news);
    if (begun === undefined && run.first !== undefined) working = stopwatch();
    [run.seconds, run.working] = [since(), working()];
    if (onNews(run)) killAll(run);
  });
  const [code, signal] = await once(child, 'exit');
  run.seconds = since();
  if (run.ending === 'running') run.ending = signal ? 'killed by hand' : code === 0 ? 'finished' : run.locked ? 'locked' : 'failed';
  return run;
}

/**
 * @param {Run} run
 * @param {import('./news.mjs').News} news
 */
function take(run, news) {
  if ('locked' in news) run.locked = news.locked;
  else if ('workers' in news) run.workers = news.workers;
  else if (news.progress.stage === 'opened') run.found ??= news.progress;
  else {
    run.first ??= news.progress;
    run.last = news.progress;
  }
}

/**
 * The owner first, or it would replace its workers.
 * @param {Run} run
 */
function killAll(run) {
  run.ending = 'killed';
  for (const pid of [run.pid, ...run.workers]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended a moment ago.
    }
  }
}

/** @returns {() => number} the seconds since */
function stopwatch() {
  const begun = performance.now();
  return () => (performance.now() - begun) / 1000;
}
