/**
 * get + done with a trivial handler over messages that were put before: a rate. Putting is not measured. A process serves one
 * kind of queue: what it has compiled is what one uses who has nothing else in it. So it warms up on a queue of its own first.
 */
import { mkdirSync } from 'node:fs';
import { answer, settings } from '../fresh-process.mjs';
import { settleDisk } from '../harness.mjs';
import { batches, messages, sumOfRows } from '../messages.mjs';
import * as bullmq from '../peers/bullmq.mjs';
import * as graphile from '../peers/graphile-worker.mjs';
import * as ours from '../ours.mjs';
import * as inMemory from '../peers/in-memory.mjs';
import * as sqlite from '../peers/sqlite.mjs';

const BATCH = 1_000;
const { kind, directory, warmUp, count, ...options } = settings();

async function inMemoryOnly(fill, values) {
  return { drain: await fill(values, options.concurrency), end: () => {} };
}

/** Each puts what is to be drained and gives how to drain it and how to end. */
const PREPARE = {
  async ours(folder, values) {
    const queue = await ours.openQueue(folder, { durability: options.durability });
    await ours.putBatches(queue, batches(values, BATCH));
    return { drain: () => ours.drain(queue, values.length, options.inFlight), end: () => queue.dispose() };
  },
  sqlite(folder, values) {
    const db = sqlite.openSqlite(folder, options.synchronous);
    sqlite.insertBatches(db, batches(values, BATCH));
    return { drain: () => sqlite.drain(db, options.claim), end: () => db.close() };
  },
  async bullmq(folder, values) {
    const peer = await bullmq.openBullmq(options.redisPort);
    await bullmq.addBulk(peer, batches(values, BATCH));
    const worker = await bullmq.openWorker(peer, values.length, options.concurrency);
    const end = async () => {
      await worker.close();
      await bullmq.closeBullmq(peer);
    };
    return { drain: () => worker.drain(), end };
  },
  async graphile(_folder, values) {
    const peer = await graphile.openGraphile(options.postgres);
    await graphile.addBulk(peer, batches(values, BATCH));
    let stop;
    const drain = async () => {
      const drained = await graphile.drain(peer, values.length);
      ({ stop } = drained);
      return drained.sum;
    };
    const end = async () => {
      await stop();
      await graphile.closeGraphile(peer);
    };
    return { drain, end };
  },
  fastq: (_folder, values) => inMemoryOnly(inMemory.fillFastq, values),
  pQueue: (_folder, values) => inMemoryOnly(inMemory.fillPQueue, values),
  betterQueue: (_folder, values) => inMemoryOnly(inMemory.fillBetterQueue, values),
};

async function rateOf(name, values) {
  const folder = `${directory}/${name}`;
  mkdirSync(folder);
  const { drain, end } = await PREPARE[kind](folder, values);
  settleDisk();
  const start = performance.now();
  const sum = await drain();
  const ms = performance.now() - start;
  await end();
  if (sum !== sumOfRows(values)) throw new Error('The drain did not deliver what was put.');
  return values.length / (ms / 1_000);
}

await rateOf('warm', messages(warmUp));
answer(await rateOf('measured', messages(count)));
