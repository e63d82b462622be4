/** Peak resident megabytes of a process that opens a backlog and finishes a part of it. */
import { answer, settings } from '../fresh-process.mjs';
import { drain, openQueue } from '../ours.mjs';
import { peakMegabytes } from '../peak-memory.mjs';

const { directory, part } = settings();
const queue = await openQueue(directory, { durability: 'process' });
await drain(queue, part, 100);
await queue.counts(); // the whole backlog is read
const megabytes = peakMegabytes();
await queue.dispose();
answer(megabytes);
