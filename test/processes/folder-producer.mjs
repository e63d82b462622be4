/**
 * The script of a producer, as its users write it: it moves in what lies in some directories, and writes what it makes itself,
 * but for what it did before; then it is done. To be killed at any moment, and run again.
 *
 *   node folder-producer.mjs '{ directory, inboxes, ledger, texts, …options of open }'     says `open` once it puts
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageExistsError, WritableFolderQueue } from 'dibs';
import { openLedger } from './ledger.mjs';

const { directory, inboxes, ledger, texts, ...options } = JSON.parse(process.argv[2]);
const before = new Set(readFileSync(ledger, 'utf8').split('\n'));
const note = openLedger(ledger, 'producer');

const queue = await WritableFolderQueue.open(directory, options);
process.stdout.write('open\n');
const moves = inboxes.flatMap((inbox) => readdirSync(inbox).map((name) => () => queue.put(join(inbox, name))));
const writes = texts
  .filter((name) => !before.has(JSON.stringify({ actor: 'producer', event: 'put!', name })))
  .map((name) => () => putText(name, `${name} begins\n${'.'.repeat(20_000)}\n${name} ends\n`));
// All kinds at once, so that each is under way when the process is killed.
const works = [...moves, ...writes].map((work) => ({ work, at: Math.random() })).sort((one, other) => one.at - other.at);
await Promise.all(
  Array.from({ length: 10 }, async () => {
    for (let next = works.pop(); next; next = works.pop()) await next.work();
  }),
);
await queue.close();
await queue.dispose();

async function putText(name, text) {
  try {
    await queue.putText(name, text);
  } catch (error) {
    // The run before was killed after the message was there.
    if (!(error instanceof MessageExistsError)) throw error;
  }
  note('put!', { name });
}
