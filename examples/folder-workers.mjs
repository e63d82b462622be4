// A producer and three workers, each a process of its own. The folder is all that they share. In four terminals, in any order:
//
//   npm run build                              once, on a fresh clone
//   node examples/folder-workers.mjs produce
//   node examples/folder-workers.mjs work      in three of them
//
// Kill any of them with kill -9, whenever you like, and start again what ended: nothing is lost. If it is the producer,
// workers finish what is there and then say that it is gone. ls .demo/orders/inbox shows who has what. To begin anew:
// rm -r .demo/orders. Or all four at once, one worker killed with a file in its hands:
//
//   node examples/folder-workers.mjs
//
// prints: a worker was killed while it had order-07.json
// prints: 24 orders, 24 results
import { ReadableFolderQueue, WritableFolderQueue } from 'dibs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PLACE = '.demo/orders';
const OUTBOX = `${PLACE}/outbox`; // what some other program wrote
const INBOX = `${PLACE}/inbox`; // the queue
const RESULTS = `${PLACE}/results`;

const [role, paceMs = '500'] = process.argv.slice(2);
await { produce, work, undefined: all }[String(role)]();

async function produce() {
  await writeOrders();
  const queue = await WritableFolderQueue.open(INBOX, { extension: '.json' }); // says HELO: workers wait for more
  for (const name of (await readdir(OUTBOX)).sort()) {
    await queue.put(`${OUTBOX}/${name}`); // moved: a rerun puts what is left in the outbox
    console.log('put', name);
    await pause(Number(paceMs) / 2);
  }
  await queue.close(); // says DONE: workers end when all is worked off
  await queue.dispose();
}

async function work() {
  await mkdir(RESULTS, { recursive: true });
  const queue = await ReadableFolderQueue.open(INBOX, { extension: '.json' });
  for await (const file of queue) {
    console.log('took', file.name, 'attempt', file.attempt);
    const { price, pieces } = JSON.parse(await readFile(file.path, 'utf8'));
    await pause(Number(paceMs)); // the work; a repeat of it writes the same file again
    await writeFile(`${RESULTS}/.${process.pid}`, String(price * pieces));
    await rename(`${RESULTS}/.${process.pid}`, `${RESULTS}/${file.name}`);
    await file.done(); // only now: what is not done comes again
  }
  await queue.dispose();
}

/** All orders are there or none, wherever this is stopped. */
async function writeOrders() {
  await mkdir(PLACE, { recursive: true });
  if ((await readdir(PLACE)).includes('outbox')) return;
  const stage = await mkdtemp(`${PLACE}/stage-`);
  for (let n = 1; n <= 24; n += 1) {
    await writeFile(`${stage}/order-${String(n).padStart(2, '0')}.json`, JSON.stringify({ price: n, pieces: 3 }));
  }
  await rename(stage, OUTBOX);
}

async function all() {
  const workers = [start('work'), start('work'), start('work')];
  for (const worker of workers) killAt(worker, /took (order-07\S*) attempt 1/);
  await Promise.all([start('produce'), ...workers].map((child) => once(child, 'exit')));
  const orders = await readdir(`${INBOX}/done`);
  const results = (await readdir(RESULTS)).filter((name) => !name.startsWith('.'));
  console.log(`${orders.length} orders, ${results.length} results`);
}

function start(what) {
  return spawn(process.execPath, [fileURLToPath(import.meta.url), what, '100'], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function killAt(worker, moment) {
  createInterface(worker.stdout).on('line', (line) => {
    const [, file] = moment.exec(line) ?? [];
    if (file === undefined) return;
    worker.kill('SIGKILL');
    console.log('a worker was killed while it had', file);
  });
}
