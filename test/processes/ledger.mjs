/** What a program was promised, written down beside the queue: an event a line, one write each, so that no kill tears one. */
import { openSync, writeSync } from 'node:fs';

/**
 * @param {string} path
 * @param {string} actor who speaks
 * @param {number} [killAt] after so many of its lines it kills itself, as hard as it can be
 * @param {string} [killOn] and then not before a line that tells of this event
 */
export function openLedger(path, actor, killAt = Number.POSITIVE_INFINITY, killOn) {
  const fd = openSync(path, 'a');
  let lines = 0;
  const write = (event, facts) => writeSync(fd, `${JSON.stringify({ actor, event, ...facts })}\n`);
  return (event, facts = {}) => {
    write(event, facts);
    lines += 1;
    if (lines < killAt || (killOn ?? event) !== event) return;
    write('kill?');
    process.kill(process.pid, 'SIGKILL');
  };
}

/** Numbers from 0 up to 1, the same for the same seed. */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
