// The options of `npm start`.
import { parseArgs } from 'node:util';
import { ROWS } from './extract.mjs';

const HELP = `Usage: npm start -- [options]

  --dir DIRECTORY     where the queue and the loaded days go (default: .demo)
  --kill-at PERCENT   when to kill the load; several, as 25,50,100, kill it several times (default: 50)
  --no-kill           kill nothing, let it run through
  --workers N         worker processes (default: 4)
  --rows N            only the first N of the 3,000,000 flights; with a --dir of its own
  --size N            rows in a unit of work (default: 10000)
  --fresh             forget a load that was stopped, and start over
  --help              this`;

/**
 * @typedef {{ dir: string, workers: number, rows: number, size: number, fresh: boolean, kills: number[] }} Options
 */

/** @returns {Options} */
export function parseOptions() {
  /** @type {(fallback: string) => { type: 'string', default: string }} */
  const text = (fallback) => ({ type: 'string', default: fallback });
  /** @type {{ type: 'boolean', default: boolean }} */
  const flag = { type: 'boolean', default: false };
  const { values } = parseArgs({
    options: {
      dir: text('.demo'),
      'kill-at': text('50'),
      'no-kill': flag,
      workers: text('4'),
      rows: text(`${ROWS}`),
      size: text('10000'),
      fresh: flag,
      help: flag,
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const kills = values['no-kill'] ? [] : values['kill-at'].split(',').map((percent) => whole('--kill-at', percent, 0, 100) / 100);
  return {
    dir: values.dir,
    workers: whole('--workers', values.workers, 1, 64),
    rows: whole('--rows', values.rows, 1, ROWS),
    size: whole('--size', values.size, 1, ROWS),
    fresh: values.fresh,
    kills,
  };
}

/**
 * @param {string} option
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function whole(option, text, least, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new TypeError(`${option} is ${JSON.stringify(text)}, expected is a whole number from ${least} to ${most}.`);
}
