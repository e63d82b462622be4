/** Puts, finishes every second message, holds the others, and waits for its SIGKILL. */
import { answerAndWait, settings } from '../fresh-process.mjs';
import { message } from '../messages.mjs';
import { openQueue } from '../ours.mjs';

const { directory, puts } = settings();
const queue = await openQueue(directory, { durability: 'process' });

function* values() {
  for (let number = 0; number < puts; number += 1) yield message(number);
}
await queue.putMany(values());

let pending = [];
for (let taken = 0; taken < puts; taken += 1) {
  const item = await queue.get();
  if (taken % 2 === 1) continue;
  pending.push(item.done());
  if (pending.length === 1_000) {
    await Promise.all(pending);
    pending = [];
  }
}
await Promise.all(pending);
answerAndWait({ puts, dones: Math.ceil(puts / 2) });
