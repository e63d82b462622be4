/** Seconds until a reopened queue has handed out its first message. `warm`: in a process that did the same once before. */
import { answer, settings } from '../fresh-process.mjs';
import { openQueue } from '../ours.mjs';

const { directory, warm } = settings();
if (warm) await firstMessage();
answer(await firstMessage());

async function firstMessage() {
  const start = performance.now();
  const queue = await openQueue(directory, { durability: 'process', maxAttempts: 1_000_000 });
  const item = await queue.get();
  const seconds = (performance.now() - start) / 1_000;
  if (typeof item.value.rows !== 'number') throw new Error('The first message is not what was put.');
  await item.release(); // the next round finds the queue as it was
  await queue.dispose();
  return seconds;
}
