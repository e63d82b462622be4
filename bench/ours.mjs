/** Our side: the built package, used as its README says. */
import { PersistentQueue } from '../dist/index.js';
import { eachInFlight } from './in-flight.mjs';

export function openQueue(directory, options) {
  return PersistentQueue.open(directory, options);
}

export async function putEach(queue, values) {
  for (const value of values) await queue.put(value);
}

export async function putInFlight(queue, values, inFlight) {
  await eachInFlight(values, inFlight, (value) => queue.put(value));
}

export async function putBatches(queue, groups) {
  for (const values of groups) await queue.putMany(values);
}

/** Takes `count` and finishes them, `inFlight` at a time; gives the sum of their rows. */
export async function drain(queue, count, inFlight) {
  let taken = 0;
  let sum = 0;
  async function lane() {
    while (taken < count) {
      taken += 1;
      const item = await queue.get();
      sum += item.value.rows;
      await item.done();
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
  return sum;
}
