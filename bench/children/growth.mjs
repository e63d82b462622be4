/**
 * get + done, and put, with at least so many waiting: a lot is taken and finished, as many are put one by one, again and again,
 * so that the backlog stays what it is. Gives how many of each a second.
 */
import { answer, settings } from '../fresh-process.mjs';
import { settleDisk } from '../harness.mjs';
import { batches, message, messages, sumOfRows } from '../messages.mjs';
import * as ours from '../ours.mjs';
import * as sqlite from '../peers/sqlite.mjs';

const LOT = 1_000;
const IN_FLIGHT = 100;
const CLAIM = 100;
const { kind, directory, waiting, lots } = settings();
const queue = await { ours: openOurs, sqlite: openSqlite }[kind]();

let putNumber = 0;
let doneNumber = 0;
for (const total = waiting + LOT; putNumber < total;) await queue.fill(next(Math.min(100 * LOT, total - putNumber)));
await run(lots); // compiled and warm
settleDisk();
globalThis.gc();
const spent = await run(lots);
await queue.end();
answer({ drain: (lots * LOT) / spent.drain, put: (lots * LOT) / spent.put });

/** Seconds of both, in turns. */
async function run(times) {
  const seconds = { drain: 0, put: 0 };
  for (let lot = 0; lot < times; lot += 1) {
    const start = performance.now();
    const sum = await queue.drain();
    const drained = performance.now();
    if (sum !== sumOfRows(messages(LOT, doneNumber))) throw new Error('The drain did not deliver what was put first.');
    doneNumber += LOT;
    const values = next(LOT);
    const before = performance.now();
    await queue.putEach(values);
    seconds.put += (performance.now() - before) / 1_000;
    seconds.drain += (drained - start) / 1_000;
  }
  return seconds;
}

function next(count) {
  const values = Array.from({ length: count }, (_, index) => message(putNumber + index));
  putNumber += count;
  return values;
}

async function openOurs() {
  const opened = await ours.openQueue(directory, { durability: 'process' });
  return {
    fill: (values) => opened.putMany(values),
    putEach: (values) => ours.putEach(opened, values),
    drain: () => ours.drain(opened, LOT, IN_FLIGHT),
    end: () => opened.dispose(),
  };
}

function openSqlite() {
  const db = sqlite.openSqlite(directory, 'NORMAL');
  return {
    fill: (values) => sqlite.insertBatches(db, batches(values, LOT)),
    putEach: (values) => sqlite.insertEach(db, values),
    drain: () => sqlite.drain(db, CLAIM, LOT),
    end: () => db.close(),
  };
}
