// What `npm start` tells of the second stage: who counts routes, who is killed with what, and who finishes that.
import { basename } from 'node:path';

/**
 * @typedef {ReturnType<typeof createRoutesStory>} RoutesStory
 *
 * @typedef {{ pid: number, file: string, attempt: number }} Hands
 *
 * @typedef {object} Counting what became of the second stage
 * @property {number} files that were left to do
 * @property {number} seconds
 * @property {Hands | undefined} killed a worker that was killed with a file in hands
 * @property {Hands | undefined} finisher who finished that file
 */

/** @param {import('./render.mjs').Screen} screen */
export function createRoutesStory(screen) {
  const { line, bold, red, green } = screen;
  const begun = performance.now();
  /** @type {Map<number, Hands>} */
  const hands = new Map();
  /** @type {Counting} */
  const counting = { files: 0, seconds: 0, killed: undefined, finisher: undefined };
  /** @type {number[]} */
  let crew = [];
  let [done, total, size] = [0, 0, 0];

  const showBar = () => screen.bar(total === 0 ? 1 : done / total, `routes of ${done} of ${total} days`);

  /** @param {number[]} workers */
  const changeCrew = (workers) => {
    if (workers.length === size) line(`  producer: process ${process.pid}; workers: ${workers.join(' ')}`);
    if (workers.length === size) size = 0; // told once
    for (const gone of crew.filter((pid) => !workers.includes(pid))) {
      counting.killed ??= hands.get(gone);
      line(`  worker ${gone} is gone: what it held goes back by itself, and ${workers.at(-1)} takes its place`);
    }
    crew = workers;
  };

  /** @param {Hands} what */
  const finished = (what) => {
    done = Math.min(done + 1, total);
    hands.delete(what.pid);
    showBar();
    if (what.file !== counting.killed?.file || counting.finisher !== undefined) return;
    counting.finisher = what;
    line(green(`  ${what.file} was found and finished`) + ` by ${what.pid}, at attempt ${what.attempt}`);
  };

  return {
    /**
     * @param {Awaited<ReturnType<typeof import('./routes.mjs').howFar>>} found
     * @param {number} workers how many there will be
     */
    begin(found, workers) {
      size = workers;
      counting.files = found.files.length;
      [done, total] = [found.done, found.done + found.files.length];
      line();
      line(`${bold('Routes')}  a folder queue: each day's file is claimed by a rename, and so is in one worker's hands`);
      if (found.done > 0) line(`  Resumes: ${found.done} days are done and stay so, ${found.taken} were in hands and come again.`);
    },

    /** @param {import('./routes.mjs').News} news */
    tell(news) {
      if ('workers' in news) return changeCrew(news.workers);
      const { pid } = news;
      if ('took' in news.news) hands.set(pid, { pid, file: news.news.took, attempt: news.news.attempt });
      else finished({ pid, file: news.news.did, attempt: news.news.attempt });
    },

    /**
     * @param {number} pid
     * @param {string} claim where the file lies that it has
     */
    kills(pid, claim) {
      line(red(`  kill -9 ${pid}`) + `  a worker, with a file in its hands: ${basename(claim)}`);
    },

    end() {
      [done, counting.seconds] = [total, (performance.now() - begun) / 1000];
      showBar();
      screen.endBar();
      return counting;
    },
  };
}

/**
 * @param {Counting} counting
 * @returns {string[]} in sentences
 */
export function inSentences({ files, seconds, killed, finisher }) {
  const first = `Routes of ${files} days were counted in ${seconds.toFixed(1)} s.`;
  if (killed === undefined) return [first];
  const { pid, file } = killed;
  const then = finisher === undefined ? 'it was done already' : `${finisher.pid} finished it, at attempt ${finisher.attempt}`;
  return [first, `Worker ${pid} was killed with ${file} in its hands; ${then}.`];
}
