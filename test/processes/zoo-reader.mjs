/**
 * Works off a folder and says what it got and how much memory that took: `{ got, told, ready, peakMb }`, a line of JSON.
 *
 *   node zoo-reader.mjs FOLDER LEDGER     names of messages go to the ledger, a line each
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
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
process.stdout.write(`${JSON.stringify({ got, told, ready: counts.ready, peakMb: peakMb() })}\n`);

/** Of this program alone: in `maxRSS` Linux counts what the one had that started it, and that may be any size. */
function peakMb() {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Math.round(kilobytes / 1024);
}
