/** Megabytes of heap and buffers, collected, once a reopened queue knows its keys. */
import { answer, settings } from '../fresh-process.mjs';
import { keyOf, message } from '../messages.mjs';
import { openQueue } from '../ours.mjs';

const { directory, keyed } = settings();
const queue = await openQueue(directory, { durability: 'process' });
const first = message(0);
const put = await queue.put(first, keyed ? { key: keyOf(first) } : {}); // with a key it waits for the whole scan
if (put === keyed) throw new Error('A key that is outstanding was put again.');
await queue.counts();
globalThis.gc();
globalThis.gc();
const { heapUsed, external } = process.memoryUsage();
await queue.dispose();
answer((heapUsed + external) / 1e6);
