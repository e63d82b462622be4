/**
 * Works off a folder, and holds each file for some milliseconds. Tells its parent what it holds, so that this can aim.
 *
 *   node folder-soak-worker.mjs '{ directory, ledger, actor, seed, holdMs, …options of open }'
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClaimLostError, PermanentError, ReadableFolderQueue } from 'dibs';
import { openLedger, randomNumbers } from './ledger.mjs';

const { directory, ledger, actor, seed, holdMs, ...options } = JSON.parse(process.argv[2]);
const note = openLedger(ledger, actor);
const random = randomNumbers(seed);
const tell = (holds) => process.send?.({ holds });

const queue = await ReadableFolderQueue.open(directory, options);
process.send?.({ open: true });
for await (const file of queue) {
  note('got', { name: file.name, attempt: file.attempt });
  tell(true);
  await sleep(holdMs * (0.3 + 0.7 * random()));
  await settle(file);
  tell(false);
}
await queue.dispose();
process.disconnect?.();

async function settle(file) {
  const { name } = file;
  const how = random() < 0.9 ? 'done' : ['release', 'fail', 'giveUp'][Math.floor(random() * 3)];
  note(`${how}?`, { name });
  try {
    if (how === 'fail') await file.fail(new Error('it was to fail'));
    else if (how === 'giveUp') await file.fail(new PermanentError('never'));
    else await file[how]();
    note(`${how}!`, { name });
  } catch (error) {
    if (!(error instanceof ClaimLostError)) throw error;
    note('lost', { name });
  }
}
