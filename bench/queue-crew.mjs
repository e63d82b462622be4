/** Several processes that work off one queue of values at the same time. */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { batches, messages, sumOfRows } from './messages.mjs';
import * as ours from './ours.mjs';
import * as sqlite from './peers/sqlite.mjs';
import { told } from './told.mjs';

const WORKER = fileURLToPath(new URL('children/queue-worker.mjs', import.meta.url));
const BATCH = 1_000;

/** Each fills a queue for the crew to find, and gives how it ends. */
const PREPARE = {
  async ours(directory, values, crew) {
    const queue = await ours.openQueue(directory, { durability: 'process' });
    await ours.putBatches(queue, batches(values, BATCH));
    await queue.close(); // so that the workers come to an end
    const endings = crew.map((child) => queue.share(child));
    return async () => {
      for (const end of endings) end();
      await queue.dispose();
    };
  },
  sqlite(directory, values) {
    const db = sqlite.openSqlite(directory, 'NORMAL');
    sqlite.insertBatches(db, batches(values, BATCH));
    db.close();
    return () => {};
  },
};

/** Messages a second of so many workers, once they did some for practice. */
export async function workTogether(kind, { workers, directory, warmUp, count, ...settings }) {
  const crew = Array.from({ length: workers }, () => fork(WORKER, [JSON.stringify({ kind, ...settings })]));
  const end = () => crew.forEach((child) => child.kill('SIGKILL'));
  process.once('exit', end);
  await Promise.all(crew.map((child) => told(child, ({ ready }) => ready)));
  await drainOnce(kind, join(directory, 'warm'), messages(warmUp), crew);
  const seconds = await drainOnce(kind, join(directory, 'measured'), messages(count), crew);
  process.off('exit', end);
  end();
  return count / seconds;
}

async function drainOnce(kind, directory, values, crew) {
  mkdirSync(directory);
  const end = await PREPARE[kind](directory, values, crew);
  const start = performance.now();
  // The channel carries the queue's own messages too.
  const answers = crew.map((child) => told(child, ({ did }) => did !== undefined));
  for (const child of crew) child.send({ work: directory });
  const sums = (await Promise.all(answers)).map(({ did }) => did.sum);
  const seconds = (performance.now() - start) / 1_000;
  await end();
  if (sums.reduce((one, other) => one + other, 0) !== sumOfRows(values)) throw new Error('The crew did not get what was put, each once.');
  return seconds;
}
