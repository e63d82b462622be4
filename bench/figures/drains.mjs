/** get + done: a trivial handler over messages that were put before. All sides in one process; putting is not measured. */
import { batches, messages, sumOfRows } from '../messages.mjs';
import { rateOf } from '../harness.mjs';
import { drain, openQueue, putBatches } from '../ours.mjs';
import * as bullmq from '../peers/bullmq.mjs';
import * as sqlite from '../peers/sqlite.mjs';

const BATCH = 1_000;
const CLAIM = 100;
const CONCURRENCY = 100;

async function checkedRate(values, work) {
  let sum;
  const rate = await rateOf(values.length, async () => {
    sum = await work();
  });
  if (sum !== sumOfRows(values)) throw new Error('The drain did not deliver what was put.');
  return rate;
}

async function ours({ directory, scale }, durability, inFlight) {
  const values = messages(200_000 * scale);
  const queue = await openQueue(directory, { durability });
  await putBatches(queue, batches(values, BATCH));
  const rate = await checkedRate(values, () => drain(queue, values.length, inFlight));
  await queue.dispose();
  return rate;
}

async function onSqlite({ directory, scale }, synchronous) {
  const values = messages(100_000 * scale);
  const db = sqlite.openSqlite(directory, synchronous);
  sqlite.insertBatches(db, batches(values, BATCH));
  const rate = await checkedRate(values, () => sqlite.drain(db, CLAIM));
  db.close();
  return rate;
}

export const family = {
  name: 'drains',
  sides: {
    process: (context) => ours(context, 'process', 100),
    normal: (context) => onSqlite(context, 'NORMAL'),
    power: (context) => ours(context, 'power', 1_000),
    full: (context) => onSqlite(context, 'FULL'),
    async bullmq({ redisPort, scale }) {
      const values = messages(6_000 * scale);
      const peer = await bullmq.openBullmq(redisPort);
      await bullmq.addBulk(peer, batches(values, BATCH));
      const worker = await bullmq.openWorker(peer, values.length, CONCURRENCY);
      const rate = await checkedRate(values, () => worker.drain());
      await worker.close();
      await bullmq.closeBullmq(peer);
      return rate;
    },
  },
  figures: [
    {
      name: 'drain-process',
      title: "get + done, 'process', 100 in flight",
      ours: 'process',
      peer: 'normal',
      peerName: 'SQLite NORMAL, claims by 100',
      atLeast: 3.5,
    },
    {
      name: 'drain-power',
      title: "get + done, 'power', 1000 in flight",
      ours: 'power',
      peer: 'full',
      peerName: 'SQLite FULL, claims by 100',
      atLeast: 3,
    },
    {
      name: 'drain-power-bullmq',
      title: "get + done, 'power', 1000 in flight",
      ours: 'power',
      peer: 'bullmq',
      peerName: 'BullMQ worker, concurrency 100',
      atLeast: 25,
    },
  ],
};
