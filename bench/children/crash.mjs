/** Puts, finishes the first half but for a message here and there, which it holds when its SIGKILL comes. */
import { answerAndWait, settings } from '../fresh-process.mjs';
import { message } from '../messages.mjs';
import { openQueue } from '../ours.mjs';

/** Often enough that each journal has one, so that none can be removed. */
const HELD_OF = 10_000;
const { directory, puts, dones } = settings();
const queue = await openQueue(directory, { durability: 'process' });

function* values() {
  for (let number = 0; number < puts; number += 1) yield message(number);
}
await queue.putMany(values());

let taken = 0;
let done = 0;
async function lane() {
  while (done < dones) {
    taken += 1;
    const isHeld = taken % HELD_OF === 0;
    if (!isHeld) done += 1;
    const item = await queue.get();
    if (!isHeld) await item.done();
  }
}
await Promise.all(Array.from({ length: 100 }, lane));
answerAndWait({ taken, done });
