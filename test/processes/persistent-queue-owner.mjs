/**
 * A process that has a queue and does with it as it is told, a line of JSON each on stdin: [command, …arguments]. It answers
 * with a line of JSON; an error as its code.
 *
 *   open DIRECTORY OPTIONS · put VALUE OPTIONS · take · done · release · counts · close · dispose
 */
import { createInterface } from 'node:readline';
import { PersistentQueue } from 'dibs';

let queue;
const held = [];

const commands = {
  async open(directory, options) {
    queue = await PersistentQueue.open(directory, options);
    return { run: queue.run, pid: process.pid };
  },
  put: async (value, options) => ({ put: await queue.put(value, options) }),
  async take() {
    const item = await queue.tryGet();
    if (item === undefined) return { value: null };
    held.push(item);
    return { value: item.value, id: item.id, attempt: item.attempt };
  },
  async done() {
    await held[0].done();
    return { done: held.shift().value };
  },
  async release() {
    await held[0].release();
    return { released: held.shift().value };
  },
  counts: () => queue.counts(),
  close: async () => ({ closed: await queue.close() }),
  dispose: async () => ({ disposed: await queue.dispose() }),
};

for await (const line of createInterface(process.stdin)) {
  const [command, ...rest] = JSON.parse(line);
  const answer = await commands[command](...rest).catch(({ name, code, message, holder }) => ({ error: name, code, message, holder }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
