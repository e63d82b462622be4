/**
 * Puts files number `from` to `to`, but for those that its ledger says it has put for certain, and says that it is done.
 *
 *   node folder-soak-producer.mjs '{ directory, ledger, actor, producer, from, to, paceMs?, …options of open }'
 *
 * paceMs: after every twenty files it waits for as long
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageExistsError, WritableFolderQueue } from 'dibs';
import { openLedger } from './ledger.mjs';

const { directory, ledger, actor, from, to, paceMs = 0, ...options } = JSON.parse(process.argv[2]);
const note = openLedger(ledger, actor);
const put = new Set();
for (const line of readFileSync(ledger, 'utf8').split('\n')) {
  if (line.includes('"put!"')) put.add(JSON.parse(line).name);
}

const queue = await WritableFolderQueue.open(directory, options);
process.send?.({ open: true });
const numbers = Array.from({ length: to - from }, (_, index) => from + index);
const missing = numbers.filter((number) => !put.has(nameOf(number)));
for (let start = 0; start < missing.length; start += 20) {
  await Promise.all(missing.slice(start, start + 20).map(putOne));
  if (paceMs > 0) await sleep(paceMs);
}
await queue.close();
process.disconnect?.();

function nameOf(number) {
  return `load-${String(number).padStart(6, '0')}.tsv`;
}

async function putOne(number) {
  const name = nameOf(number);
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
