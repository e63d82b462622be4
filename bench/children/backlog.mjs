/** get + done a second with so many waiting. What was drained is put again, lot by lot, which is not measured: the same lots whatever the backlog. */
import { answer, settings } from '../fresh-process.mjs';
import { message } from '../messages.mjs';
import { drain, openQueue } from '../ours.mjs';

const IN_FLIGHT = 100;
const LOT = 10_000;
const { directory, waiting, measured } = settings();
const queue = await openQueue(directory, { durability: 'process' });

await fill(waiting);
await drainLots(); // compiled and warm
globalThis.gc();
const seconds = await drainLots();
await queue.dispose();
answer(measured / seconds);

async function drainLots() {
  let spent = 0;
  for (let done = 0; done < measured; done += LOT) {
    const start = performance.now();
    await drain(queue, LOT, IN_FLIGHT);
    spent += (performance.now() - start) / 1_000;
    await fill(LOT);
  }
  return spent;
}

function fill(count) {
  return queue.putMany(values(count));
}

/** One by one: an array of them would fill the heap of one side only. */
function* values(count) {
  for (let number = 0; number < count; number += 1) yield message(number);
}
