/** Seconds until a reopened queue knows exactly what it holds: the whole scan. `warm`: in a process that did the same once before. */
import { answer, settings } from '../fresh-process.mjs';
import { openQueue } from '../ours.mjs';

const { directory, outstanding, warm } = settings();
if (warm) await scan();
answer(await scan());

async function scan() {
  const start = performance.now();
  const queue = await openQueue(directory, { durability: 'process', maxAttempts: 1_000_000 });
  const { waiting } = await queue.counts();
  const seconds = (performance.now() - start) / 1_000;
  if (waiting !== outstanding) throw new Error(`${waiting} are waiting instead of ${outstanding}.`);
  await queue.dispose();
  return seconds;
}
