/**
 * One process of several that put files into a folder and work it off, both at once. Writes down in a ledger what it asked for
 * before, and what it was promised after, and tells its parent once it has opened the folder.
 *
 *   node folder-rounds-run.mjs '{ directory, ledger, actor, seed, puts?, isLast?, …options of open }'
 *
 * isLast: puts nothing, and works off all there is
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { ReadableFolderQueue, WritableFolderQueue } from 'dibs';
import { openLedger, randomNumbers } from './ledger.mjs';

const { directory, ledger, actor, seed, puts = 60, isLast = false, durability, maxAttempts } = JSON.parse(process.argv[2]);
const note = openLedger(ledger, actor);
const random = randomNumbers(seed);
const rules = { durability, maxAttempts };

// Only the last one announces itself: a producer that is killed without its last word would end the others.
const outbox = await WritableFolderQueue.open(directory, { ...rules, producer: isLast ? 'the last one' : null });
const inbox = await ReadableFolderQueue.open(directory, { ...rules, pollIntervalMs: 10 });
process.send({ open: true });
if (isLast) await outbox.close();
else void produce();
for await (const file of inbox) {
  note('got', { name: file.name, attempt: file.attempt });
  await (isLast ? undefined : pause(0.6));
  await told(isLast || random() < 0.8 ? 'done' : 'release', file);
}
await inbox.dispose();
await outbox.dispose();
process.disconnect();

/** One by one, or a few at once. */
async function produce() {
  for (let next = 1; next <= puts;) {
    const count = random() < 0.5 ? 1 : Math.ceil(random() * 5);
    await Promise.all(Array.from({ length: Math.min(count, puts + 1 - next) }, () => put(next++)));
    await pause(0.3);
  }
}

async function put(number) {
  const name = `${actor.replaceAll(' ', '-')}-${number}.tsv`;
  note('put?', { name });
  await outbox.putText(name, `${name}\n`.repeat(20));
  note('put!', { name });
}

async function told(how, file) {
  note(`${how}?`, { name: file.name });
  await file[how]();
  note(`${how}!`, { name: file.name });
}

/** A few milliseconds, or a few turns, or none. */
async function pause(share) {
  if (random() < share) await sleep(random() * 12);
  else for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await nextTurn();
}
