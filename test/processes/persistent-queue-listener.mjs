/**
 * A worker with words of its own on the channel that its queue is shared on: a forked child or a thread. It does one item,
 * disposes of the queue and says so, then answers `hello` until it is told to be quiet.
 */
import { parentPort } from 'node:worker_threads';
import { PersistentQueue } from 'dibs';

const port = parentPort ?? process;
const say = (message) => (parentPort ? parentPort.postMessage(message) : process.send(message));

port.on('message', function listen(message) {
  if (message === 'hello') say('heard hello');
  if (message === 'quiet') port.off('message', listen);
});

const queue = PersistentQueue.attach(port);
const item = await queue.get();
say({ value: item.value, isDate: item.value instanceof Date });
await item.done();
queue.get().catch(() => undefined);
await queue.dispose();
say('disposed');
