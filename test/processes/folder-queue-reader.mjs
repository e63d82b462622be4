/**
 * A process that reads a folder and does with it as it is told, a line of JSON each on stdin: [command, …arguments]. It
 * answers with a line of JSON; an error as its code.
 *
 *   open DIRECTORY OPTIONS · get OPTIONS · done · release · fail · block MS · consume · all · dispose
 */
import { createInterface } from 'node:readline';
import { consume, ReadableFolderQueue } from 'dibs';

let queue;
const held = [];

const commands = {
  async open(directory, options) {
    queue = await ReadableFolderQueue.open(directory, options);
    return { consumer: queue.consumer };
  },
  async get(options) {
    const file = await queue.get(options);
    if (file === undefined) return { name: null };
    held.push(file);
    return { name: file.name, path: file.path, attempt: file.attempt };
  },
  done: () => settle('done'),
  release: () => settle('release'),
  fail: () => settle('fail', new Error('it was told to')),
  lost: async () => ({ aborted: held[0].signal.aborted }),
  // The event loop does nothing else for so long.
  async block(ms) {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return { blocked: ms };
  },
  /** File after file to the end; every third of those that come for the first time fails. */
  async consume(concurrency) {
    const names = [];
    const handler = (file) => {
      names.push(`${file.name}#${file.attempt}`);
      if (Number(file.name.replace(/\D/g, '')) % 3 === 0 && file.attempt === 1) throw new Error('the first time');
    };
    const { done, retried, lost } = await consume(queue, handler, { concurrency, backoff: false });
    await queue.dispose();
    return { names, done, retried, lost };
  },
  async all() {
    const names = [];
    for await (const file of queue) {
      names.push(file.name);
      await file.done();
    }
    await queue.dispose();
    return { names };
  },
  async dispose() {
    await queue.dispose();
    return { disposed: true };
  },
};

async function settle(how, ...rest) {
  const file = held.shift();
  await file[how](...rest);
  return { settled: file.name };
}

for await (const line of createInterface(process.stdin)) {
  const [command, ...rest] = JSON.parse(line);
  const answer = await commands[command](...rest).catch(({ name, code, message }) => ({ error: name, code, message }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
