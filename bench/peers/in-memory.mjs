/**
 * Queues that keep nothing: what is in them is gone with the process. They show how far a queue that does is from one that need
 * not. Each is filled while it is paused; `drain` ends when the last handler did, and gives the sum of the rows.
 */
import BetterQueue from 'better-queue';
import { promise as fastq } from 'fastq';
import PQueue from 'p-queue';

function summed() {
  const total = { rows: 0 };
  const handle = async (value) => {
    total.rows += value.rows;
  };
  return { total, handle };
}

export function fillFastq(values, concurrency) {
  const { total, handle } = summed();
  const queue = fastq(handle, concurrency);
  queue.pause();
  for (const value of values) void queue.push(value);
  return async () => {
    queue.resume();
    await queue.drained();
    return total.rows;
  };
}

export function fillPQueue(values, concurrency) {
  const { total, handle } = summed();
  const queue = new PQueue({ concurrency, autoStart: false });
  for (const value of values) void queue.add(() => handle(value));
  return async () => {
    queue.start();
    await queue.onIdle();
    return total.rows;
  };
}

export async function fillBetterQueue(values, concurrency) {
  const { total, handle } = summed();
  const queue = new BetterQueue((value, done) => void handle(value).then(() => done(null)), { concurrent: concurrency });
  queue.pause();
  await Promise.all(values.map((value) => new Promise((resolve) => queue.push(value).on('queued', resolve))));
  return async () => {
    const drained = new Promise((resolve) => queue.once('drain', resolve));
    queue.resume();
    await drained;
    return total.rows;
  };
}
