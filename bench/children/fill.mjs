/** A backlog that the next process finds. */
import { answer, settings } from '../fresh-process.mjs';
import { keyOf, message } from '../messages.mjs';
import { openQueue } from '../ours.mjs';

const { directory, count, keyed } = settings();
const queue = await openQueue(directory, { durability: 'process' });

function* values() {
  for (let number = 0; number < count; number += 1) yield message(number);
}
await queue.putMany(values(), keyed ? { key: keyOf } : {});
await queue.dispose();
answer({ count });
