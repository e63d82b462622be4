// A batch whose parts a queue carries: each part is a message, two workers take them, and whoever settles the last part adds
// up the results, once. Kill it wherever you like and start it again: what is done stays done.
//
//   node examples/batch.mjs
//
// prints: 12 parts in the queue
// prints: reduced once: 650
// prints: load-2026-11-27 is done, 12 of 12 parts
import { consume, PersistentQueue } from 'dibs';
import { createBatch, openBatch } from 'dibs/tasks';

const store = 'file:./state';
const id = 'load-2026-11-27';
const numbers = Array.from({ length: 12 }, (_, n) => n + 1);

// Opened before the batch is made: what is put is on disk before the batch counts it as told of.
const queue = await PersistentQueue.open('parts');
const batch = await createBatch(numbers, { store, id, publish: (message) => queue.put(message) });
await queue.close();
console.log(`${(await batch.pendingParts()).length} parts in the queue`);

await Promise.all([work(), work()]);
const { state, total, remaining } = await batch.status();
console.log(`${id} is ${state}, ${total - remaining} of ${total} parts`);
await batch.dispose();
await queue.dispose();

/** As a process of its own would, that knows the store and gets messages, from any queue. */
async function work() {
  const mine = await openBatch(id, { store });
  await consume(queue, ({ value: { partId } }) => mine.part(partId, (number) => number ** 2, { reduce }));
  await mine.dispose();
}

async function reduce({ results }) {
  let sum = 0;
  for await (const { result } of results()) sum += result;
  console.log(`reduced once: ${sum}`);
  return sum;
}
