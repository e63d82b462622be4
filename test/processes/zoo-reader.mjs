/**
 * Works off a folder and says what it got and how much memory that took: `{ names, told, peakMb }`, a line of JSON.
 *
 *   node zoo-reader.mjs FOLDER LEDGER     names of messages go to the ledger, a line each
 */
import { openSync, writeSync } from 'node:fs';
import { readFolder, ReadableFolderQueue } from 'dibs';

const [folder, ledger] = process.argv.slice(2);
const fd = openSync(ledger, 'a');
let told = 0;
const queue = await ReadableFolderQueue.open(folder, { durability: 'process', onStrangeFile: () => (told += 1) });
let got = 0;
for await (const file of queue) {
  writeSync(fd, `${file.name}\n`);
  got += 1;
  await file.done();
}
await queue.dispose();
// Who only looks meets the same animals.
const reader = await readFolder(folder);
const { counts } = await reader.status();
process.stdout.write(`${JSON.stringify({ got, told, ready: counts.ready, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`);
