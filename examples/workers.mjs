// One queue, many threads: the process that opened the queue shares it, and every worker takes what is next.
// Forked child processes do the same with `PersistentQueue.attach(process)`.
//
//   node examples/workers.mjs
//
// prints: 1000 numbers, 4 workers, each number once: sum 499500
import { PersistentQueue } from 'dibs';
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

if (isMainThread) await main();
else await work();

async function main() {
  const queue = await PersistentQueue.open('numbers');
  await queue.putMany(Array.from({ length: 1000 }, (_, n) => n));
  await queue.close();

  const sum = new BigInt64Array(new SharedArrayBuffer(8));
  const workers = Array.from({ length: 4 }, () => new Worker(new URL(import.meta.url), { workerData: sum }));
  for (const worker of workers) queue.share(worker);
  await Promise.all(workers.map((worker) => once(worker, 'exit')));

  const { done } = await queue.counts();
  console.log(`${done} numbers, ${workers.length} workers, each number once: sum ${sum[0]}`);
  await queue.dispose();
}

async function work() {
  const queue = PersistentQueue.attach(parentPort);
  for await (const item of queue) {
    Atomics.add(workerData, 0, BigInt(item.value));
    await item.done();
  }
  await queue.dispose();
}
