// How far a load is, for whoever watches it.

/**
 * @typedef {object} Left what is put and not done
 * @property {number} ranges
 * @property {number} rows in these ranges
 * @property {number} days
 * @property {number} interrupted units that were begun before: a worker has them, or had them when it was killed
 *
 * @typedef {object} Progress
 * @property {'opened' | 'rows' | 'days'} stage
 * @property {Left} left
 * @property {number} done units of this load, whichever run did them
 * @property {number} days how many there are to assemble, once that is known
 *
 * @typedef {{ progress: Progress } | { workers: number[] } | { locked: string }} News
 *   `workers`: their process ids; `locked`: the queue is held by another process, in words
 */

const INTERVAL_MS = 100;

/**
 * Tells how far it is at the beginning of each stage, and ten times a second while it lasts.
 * @param {import('dibs').PersistentQueue<import('./load.mjs').Unit>} queue
 * @param {(news: News) => void} tell
 */
export function watch(queue, tell) {
  /** @type {Progress['stage']} */
  let stage = 'opened';
  let days = 0;
  let looking = Promise.resolve();
  const look = () => {
    looking = looking.then(async () => {
      const at = { stage, days }; // of what is looked at now, also if the next stage begins meanwhile
      const left = await whatIsLeft(queue);
      const { done } = await queue.counts();
      tell({ progress: { ...at, left, done } });
    });
    return looking;
  };
  const timer = setInterval(() => void look(), INTERVAL_MS);

  return {
    /** @param {Progress['stage']} next @param {number} [daysNow] */
    begin(next, daysNow = 0) {
      [stage, days] = [next, daysNow];
      return look();
    },
    end() {
      clearInterval(timer);
      return looking;
    },
  };
}

/**
 * @param {import('dibs').PersistentQueue<import('./load.mjs').Unit>} queue
 * @returns {Promise<Left>}
 */
async function whatIsLeft(queue) {
  const left = { ranges: 0, rows: 0, days: 0, interrupted: 0 };
  for await (const { value, attempts } of queue.outstanding()) {
    if (attempts > 0) left.interrupted += 1;
    if (value === undefined) continue; // damaged, and reported as that
    if ('day' in value) left.days += 1;
    else {
      left.ranges += 1;
      left.rows += value.to - value.from;
    }
  }
  return left;
}

let printed = '';

/**
 * Says it in words on standard output, when they are other words than the last.
 * @param {News} news
 */
export function printNews(news) {
  const text = inWords(news);
  if (text !== printed) console.log(text);
  printed = text;
}

/** @param {News} news */
function inWords(news) {
  if ('locked' in news) return news.locked;
  if ('workers' in news) return `workers: ${news.workers.join(' ')}`;
  const { stage, left } = news.progress;
  return stage === 'days' ? `days to assemble: ${left.days}` : `rows to load: ${left.rows}`;
}
