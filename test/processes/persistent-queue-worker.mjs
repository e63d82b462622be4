/**
 * A worker of a queue that its parent shares: a forked child or a thread. It writes a ledger of what it got and settled.
 *
 *   { ledger, actor, seed, killAt?, how } as the first argument, or as workerData
 *
 * how: `works` until the end, and says what is done · `holds` what it took until it is killed · `poisoned` dies of `poison`
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PersistentQueue } from 'dibs';
import { openLedger, randomNumbers } from './ledger.mjs';

const { ledger, actor, seed = 1, killAt, how = 'works' } = workerData ?? JSON.parse(process.argv[2]);
const note = openLedger(ledger, actor, killAt);
const random = randomNumbers(seed);
const port = parentPort ?? process;
const say = (message) => (parentPort ? parentPort.postMessage(message) : process.send(message));
const queue = PersistentQueue.attach(port);

async function settle(item, action) {
  note(`${action}?`, { id: item.id });
  await (action === 'fail' ? item.fail(new Error('not today')) : item[action]());
  note(`${action}!`, { id: item.id });
}

const busy = new Set();

/** Works off what there is, three at a time, and says whether there was anything. */
async function workOff() {
  let taken = 0;
  for await (const item of queue) {
    taken += 1;
    const { id, value, attempt } = item;
    note('got', { id, value, attempt });
    if (how === 'holds') {
      say({ holds: value });
      continue;
    }
    if (how === 'poisoned' && value === 'poison') process.kill(process.pid, 'SIGKILL');
    const working = (async () => {
      for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await nextTurn();
      const fate = random();
      await settle(item, fate < 0.9 || attempt > 3 ? 'done' : fate < 0.95 ? 'release' : 'fail');
    })().finally(() => busy.delete(working));
    busy.add(working);
    if (busy.size >= 3) await Promise.race(busy);
  }
  await Promise.all(busy);
  return taken > 0;
}

try {
  // To who holds items the end is only "nothing now": one of them may come back, so the end counts once none is held.
  while (await workOff());
  note('end?');
  await queue.dispose();
  note('end!');
} catch (error) {
  note('kill?');
  say?.({ error: error.name });
  process.exitCode = error.code === 'ERR_OWNER_LOST' ? 77 : 1;
}
