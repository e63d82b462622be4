/** qlobber-fsq as a work queue: each message for one subscriber, read and removed by it. */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { eachInFlight } from '../in-flight.mjs';

const { QlobberFSQ } = createRequire(import.meta.url)('qlobber-fsq');

/** The fastest of what was tried: twice as fast as what it does by itself. */
const OPTIONS = { bucket_concurrency: 64, handler_concurrency: 10 };

async function opened(directory) {
  const queue = new QlobberFSQ({ ...OPTIONS, fsq_dir: directory });
  queue.on('single_disabled', (error) => {
    throw error;
  });
  await once(queue, 'start');
  return queue;
}

async function closed(queue) {
  queue.stop_watching();
  await once(queue, 'stop');
}

export async function fill(directory, texts) {
  const queue = await opened(directory);
  await eachInFlight(
    texts,
    100,
    (text) =>
      new Promise((resolve, reject) => queue.publish('job', text, { single: true }, (error) => (error ? reject(error) : resolve()))),
  );
  await closed(queue);
}

/** Opens it without taking anything; `drain` takes `count` messages and gives their bytes, in all. */
export async function openDrain(directory, count) {
  const queue = await opened(directory);
  const drain = () =>
    new Promise((resolve, reject) => {
      let done = 0;
      let bytes = 0;
      queue.subscribe('job', (data, _info, finish) => {
        bytes += data.length;
        finish(null, (error) => {
          if (error) reject(error);
          done += 1;
          if (done === count) resolve(bytes);
        });
      });
      queue.refresh_now();
    });
  return { drain, close: () => closed(queue) };
}
