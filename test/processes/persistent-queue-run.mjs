/**
 * One run of a script that puts into a queue and works it off, three items at a time, and writes down in a ledger what it
 * asked for before, and what it was promised after.
 *
 *   node persistent-queue-run.mjs '{ directory, ledger, actor, seed, killAt?, killOn?, puts?, keys?, isLast?, …options of open }'
 *
 * killAt: kills itself after so many lines of the ledger · killOn: and then not before a line of this event · keys: puts the same
 * keys in each run · isLast: puts nothing, takes all there is, and lists what was given up
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PermanentError, PersistentQueue } from 'dibs';
import { openLedger, randomNumbers } from './ledger.mjs';

const { directory, ledger, actor, seed, killAt, killOn, puts = 60, keys = false, isLast = false, ...options } = JSON.parse(process.argv[2]);
const note = openLedger(ledger, actor, killAt, killOn);
const random = randomNumbers(seed);
const chance = (probability) => random() < probability;

const queue = await PersistentQueue.open(directory, options);
note('open', { maxAttempts: queue.maxAttempts });
process.stdout.write('open\n');
await (isLast ? drain() : Promise.all([produce(), work()]));
note('end?');
await queue.dispose();
note('end!');

/** One by one, many unawaited, or many in one call. */
async function produce() {
  for (let next = 1; next <= puts;) {
    const count = chance(0.4) ? 1 : Math.ceil(random() * 8);
    const batch = Array.from({ length: Math.min(count, puts + 1 - next) }, () => next++).map((n) => ({
      value: `${actor}/${n}${'.'.repeat(Math.floor(random() * 200))}`,
      ...(keys && { key: `key ${n}` }),
    }));
    for (const put of batch) note('put?', put);
    if (!keys && chance(0.5)) {
      await queue.putMany(batch.map(({ value }) => value));
      for (const { value } of batch) note('put!', { value });
    } else {
      await Promise.all(
        batch.map(async ({ value, key }) => {
          const isNew = await queue.put(value, key && { key });
          note(isNew ? 'put!' : 'put-', { value, key });
        }),
      );
    }
    await pause();
  }
}

async function work() {
  const busy = new Set();
  for (let left = puts * 1.2; left > 0; left -= 1) {
    const item = await queue.get({ timeoutMs: 50 }).catch((error) => {
      if (error.code !== 'ERR_QUEUE_TIMEOUT') throw error;
    });
    if (item === undefined) break;
    got(item);
    const working = settle(item).finally(() => busy.delete(working));
    busy.add(working);
    if (busy.size >= 3) await Promise.race(busy);
  }
  await Promise.all(busy);
}

async function drain() {
  for (let item = await queue.tryGet(); item; item = await queue.tryGet()) {
    got(item);
    await told('done', item.id, () => item.done());
  }
  for await (const { id, value, attempts } of queue.failed()) note('failed', { id, value, attempts });
  note('drained');
}

function got({ id, value, attempt }) {
  note('got', { id, value, attempt });
}

async function settle(item) {
  await pause();
  const fate = random();
  if (fate < 0.8) await told('done', item.id, () => item.done());
  else if (fate < 0.9) await told('release', item.id, () => item.release());
  else if (fate < 0.97 && item.attempt < queue.maxAttempts) await told('fail', item.id, () => item.fail(new Error('not today')));
  else await told('giveUp', item.id, () => item.fail(new PermanentError('never')));
}

async function told(how, id, settling) {
  note(`${how}?`, { id });
  await settling();
  note(`${how}!`, { id });
}

async function pause() {
  for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await nextTurn();
}
