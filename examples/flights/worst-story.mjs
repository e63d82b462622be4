// What `npm start` tells of the third stage: who maps, who is killed with the last part, who reduces, and the routes it found.
import { count, table } from './render.mjs';

/**
 * @typedef {ReturnType<typeof createWorstStory>} WorstStory
 *
 * @typedef {object} Finding what became of the third stage
 * @property {number} days
 * @property {number} seconds
 * @property {{ pid: number, day: string } | undefined} killed with the last part in hands
 * @property {{ pid: number, attempt: number } | undefined} finisher who did that part
 * @property {number | undefined} reducer
 */

/** @param {import('./render.mjs').Screen} screen */
export function createWorstStory(screen) {
  const { line, bold, red, green } = screen;
  const begun = performance.now();
  /** @type {Finding} */
  const finding = { days: 0, seconds: 0, killed: undefined, finisher: undefined, reducer: undefined };
  let done = 0;

  const showBar = () => screen.bar(finding.days === 0 ? 1 : done / finding.days, `${done} of ${finding.days} parts`);

  return {
    /**
     * @param {number} days
     * @param {number} before how many of them are done
     */
    begin(days, before) {
      [finding.days, done] = [days, before];
      line();
      line(`${bold('Worst routes')}  a batch: each day is a part, and when all are done one worker reduces them, once`);
      if (before > 0) line(`  Resumes: ${before} parts are done and stay so.`);
    },

    /** @param {import('./worst.mjs').News} message */
    tell(message) {
      if ('workers' in message) return;
      const { pid, news } = message;
      if ('reduced' in news) finding.reducer = pid;
      else if ('did' in news) {
        done = Math.min(done + 1, finding.days);
        showBar();
        if (news.day !== finding.killed?.day) return;
        finding.finisher = { pid, attempt: news.attempt };
        line(green(`  part ${news.did}, ${news.day}, was found and done`) + ` by ${pid}, at attempt ${news.attempt}`);
      }
    },

    /** How many parts are left. */
    left: () => finding.days - done,

    /**
     * @param {number} pid
     * @param {string} day
     */
    kills(pid, day) {
      finding.killed = { pid, day };
      line(red(`  kill -9 ${pid}`) + `  a worker, with the last part in its hands: ${day}`);
    },

    end() {
      [done, finding.seconds] = [finding.days, (performance.now() - begun) / 1000];
      showBar();
      screen.endBar();
      return finding;
    },
  };
}

/** @param {import('./worst.mjs').Route[]} worst */
export function worstTable(worst) {
  return table([
    ['latest on average', 'flights', 'minutes'],
    ...worst.map(({ route, flights, delay }) => [route, count(flights), (delay / flights).toFixed(1)]),
  ]);
}

/**
 * @param {Finding} finding
 * @returns {string[]} in sentences
 */
export function findingInSentences({ days, seconds, killed, finisher, reducer }) {
  const reduced = reducer === undefined ? '' : `, and ${reducer} reduced them, once`;
  const first = `${days} parts were mapped in ${seconds.toFixed(1)} s${reduced}.`;
  if (killed === undefined) return [first];
  const then = finisher === undefined ? 'it was done already' : `${finisher.pid} did it, at attempt ${finisher.attempt}`;
  return [first, `Worker ${killed.pid} was killed with the last part in its hands; ${then}.`];
}
