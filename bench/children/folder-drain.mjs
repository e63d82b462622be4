/**
 * Files a second over whole drains, listing included, and peak resident megabytes. Making the files is not measured.
 * Warmed up by the same number of files whatever the size of a drain.
 */
import { mkdirSync } from 'node:fs';
import { makeFiles } from '../files.mjs';
import { answer, settings } from '../fresh-process.mjs';
import { drainFiles, openReader } from '../ours-folders.mjs';
import { peakMegabytes } from '../peak-memory.mjs';

const WARM_UP = 10;
const WARM_UP_FILES = 1_000;
const { directory, files, drains } = settings();

async function drain(name, count, times) {
  const folder = `${directory}/${name}`;
  mkdirSync(folder);
  const reader = await openReader(folder, { durability: 'process', doneDir: null });
  let spent = 0;
  for (let round = 0; round < times; round += 1) {
    makeFiles(folder, count);
    const start = performance.now();
    await drainFiles(reader, count);
    spent += performance.now() - start;
  }
  await reader.dispose();
  return (count * times) / (spent / 1_000);
}

await drain('warm', WARM_UP_FILES, WARM_UP);
const rate = await drain('measured', files, drains);
answer({ rate, megabytes: peakMegabytes() });
