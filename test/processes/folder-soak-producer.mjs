/**
 * Puts files number `from` to `to`, but for those that its ledger says it has put for certain, and says that it is done.
 *
 *   node folder-soak-producer.mjs '{ directory, ledger, actor, producer, from, to, …options of open }'
 */
import { readFileSync } from 'node:fs';
import { MessageExistsError, WritableFolderQueue } from 'dibs';
import { openLedger } from './ledger.mjs';

const { directory, ledger, actor, from, to, ...options } = JSON.parse(process.argv[2]);
const note = openLedger(ledger, actor);
const put = new Set();
for (const line of readFileSync(ledger, 'utf8').split('\n')) {
  if (line.includes('"put!"')) put.add(JSON.parse(line).name);
}

const queue = await WritableFolderQueue.open(directory, options);
process.send?.({ open: true });
const numbers = Array.from({ length: to - from }, (_, index) => from + index);
for (let start = 0; start < numbers.length; start += 20) await Promise.all(numbers.slice(start, start + 20).map(putOne));
await queue.close();
process.disconnect?.();

async function putOne(number) {
  const name = `load-${String(number).padStart(6, '0')}.tsv`;
  if (put.has(name)) return;
  // More than one write may take, so that half of it could be seen.
  const text = `${name}\n`.repeat(40);
  note('put?', { name, text });
  try {
    await queue.putText(name, text);
  } catch (error) {
    // The put before was killed after it was there and before it was acknowledged.
    if (!(error instanceof MessageExistsError)) throw error;
  }
  note('put!', { name });
}
