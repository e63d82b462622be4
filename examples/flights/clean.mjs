// Clean: a row of the file becomes a flight, or is set aside with the reason.

/**
 * @typedef {object} Flight
 * @property {string} day `2001-04-02`
 * @property {string} time `10:53`
 * @property {string} origin three letters, as `BOS`
 * @property {string} destination three letters
 * @property {number} delay minutes late; below 0: early
 * @property {number} distance miles
 */

/** Nobody lands two hours early: such a row lost a day on its way over midnight. */
const EARLIEST = -120;

/**
 * @param {import('./extract.mjs').RawFlight} row
 * @returns {Flight}
 */
export function clean({ date, delay, distance, origin, destination }) {
  const { day, time } = dayAndTime(date);
  return { day, time, origin, destination, delay: Number(delay), distance: Number(distance) };
}

/**
 * Why this can't be, if it can't.
 * @param {Flight} flight
 * @returns {boolean}
 */
export function isPlausible({ delay, distance, origin, destination }) {
  return delay >= EARLIEST && distance > 0 && origin !== destination;
}

/** @type {{ date?: Date, day: string, time: string }} */
let last = { day: '', time: '' };

/**
 * Rows are in order of time and share their `Date`, so the last answer serves the next dozen rows too.
 * @param {Date} date local time, kept as if it were UTC
 */
function dayAndTime(date) {
  if (date !== last.date) {
    const text = date.toISOString();
    last = { date, day: text.slice(0, 10), time: text.slice(11, 16) };
  }
  return last;
}
