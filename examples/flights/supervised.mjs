// load.mjs as main.mjs runs it: in a process of its own, which tells how far it is and ends when main.mjs does.
import { QueueLockedError } from 'dibs';
import { load } from './load.mjs';

const options = JSON.parse(process.argv[2] ?? '{}');
const tell = (/** @type {import('./news.mjs').News} */ news) => void process.send?.(news);

process.exitCode = 1; // unless we come to the end
process.once('disconnect', () => process.exit());
try {
  await load({ ...options, tell });
  process.exitCode = 0;
} catch (error) {
  if (error instanceof QueueLockedError) tell({ locked: error.message });
  else console.error(error);
}
process.disconnect?.();
