/**
 * One of several that work off a folder: warms up on one of its own, says that it is ready, begins when it is told to, and
 * says how many files it took, by how many tries.
 */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { makeFiles } from '../files.mjs';
import { answer, settings } from '../fresh-process.mjs';
import { openReader } from '../ours-folders.mjs';

const WARM_UP_FILES = 1_000;
const { directory, order } = settings();

async function drainAll(folder, onReady) {
  const reader = await openReader(folder, { durability: 'process', doneDir: null, order });
  await onReady();
  for (let file = await reader.tryGet(); file !== undefined; file = await reader.tryGet()) await file.done();
  return reader;
}

const own = `${directory}-${process.pid}`;
mkdirSync(own);
makeFiles(own, WARM_UP_FILES);
const warm = await drainAll(own, () => {});
await warm.dispose();

const reader = await drainAll(directory, () => {
  process.send('ready');
  return once(process, 'message');
});
answer(reader.claims);
