/**
 * Reads a folder and takes nothing out of it: all that it does is to take back what the dead and the silent have. Ends when it
 * is told to.
 *
 *   node folder-soak-reaper.mjs '{ directory, ledger, actor, …options of open }'
 */
import { once } from 'node:events';
import { ReadableFolderQueue } from 'dibs';

const { directory, ledger: _ledger, actor: _actor, ...options } = JSON.parse(process.argv[2]);
const queue = await ReadableFolderQueue.open(directory, options);
await once(process, 'message');
await queue.dispose();
process.disconnect();
