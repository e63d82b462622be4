/** BullMQ as its documentation says it is fastest: one connection, adds that are awaited in flight, a worker with concurrency. */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { eachInFlight } from '../in-flight.mjs';

const NAME = 'bench';
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true };

/** An empty queue; what an earlier round left in the server is gone. */
export async function openBullmq(port) {
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  const client = new Redis(connection);
  await client.flushall();
  client.disconnect();
  const queue = new Queue(NAME, { connection, defaultJobOptions: JOB_OPTIONS });
  await queue.waitUntilReady();
  return { queue, connection };
}

export async function addInFlight({ queue }, values, inFlight) {
  await eachInFlight(values, inFlight, (value) => queue.add('job', value));
}

export async function addBulk({ queue }, groups) {
  for (const values of groups) await queue.addBulk(values.map((data) => ({ name: 'job', data })));
}

/** A worker that is ready but does not run yet; `drain` ends when the last of `count` jobs was acknowledged and gives the sum of their rows. */
export async function openWorker({ connection }, count, concurrency) {
  let sum = 0;
  let completed = 0;
  const worker = new Worker(
    NAME,
    async (job) => {
      sum += job.data.rows;
    },
    { connection, concurrency, autorun: false },
  );
  await worker.waitUntilReady();
  const drain = () =>
    new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('failed', (_job, error) => reject(error));
      worker.on('completed', () => {
        completed += 1;
        if (completed === count) resolve(sum);
      });
      worker.run().catch(reject);
    });
  return { drain, close: () => worker.close() };
}

export async function closeBullmq({ queue }) {
  await queue.close();
}
