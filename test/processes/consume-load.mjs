/**
 * A script that is told to end while it works. It says what happens, a line each, and writes down outside of the queue
 * which attempts it began and which work it finished.
 *
 *   node consume-load.mjs DIRECTORY LEDGER HANDLER
 *
 * HANDLER: `waits` finishes when a line comes on stdin, and stops when it is told to · `deaf` never ends · `works` ends at once
 */
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { PersistentQueue, consume } from 'dibs';

const ITEMS = Array.from({ length: 20 }, (_, index) => `item-${index}`);
const [directory, ledger, kind] = process.argv.slice(2);

const say = (line) => process.stdout.write(`${line}\n`);
const go = once(process.stdin, 'data');

const handlers = {
  works: () => undefined,
  deaf: () => new Promise(() => setInterval(() => undefined, 1_000_000)),
  waits: (signal) => Promise.race([go, once(signal, 'abort').then(() => Promise.reject(new Error('stopped half way')))]),
};

const queue = await PersistentQueue.open(directory);
for (const value of ITEMS) await queue.put(value, { key: value });
await queue.close();
let state;
const report = await consume(
  queue,
  async (item, { signal }) => {
    appendFileSync(ledger, `began ${item.value} ${item.attempt}\n`);
    say(`began ${item.value}`);
    await handlers[kind](signal);
    appendFileSync(ledger, `finished ${item.value}\n`);
  },
  {
    concurrency: 3,
    handleSignals: true,
    progressIntervalMs: 0,
    progress: (now) => {
      if (now.state !== state) say(now.state);
      state = now.state;
    },
  },
);
await queue.dispose();
say(`report ${JSON.stringify(report)}`);
process.stdin.destroy();
// What was left to itself keeps the process alive.
if (kind === 'deaf') process.exit();
