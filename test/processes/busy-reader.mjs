/**
 * Takes one file, and once it is told to by anything on stdin lets nothing else happen in this process for a while: by a
 * loop that only burns, by one that keeps the garbage collector busy too, or by one that waits for the system. Then it is done.
 *
 *   node busy-reader.mjs '{ directory, ledger, actor, how: burn | churn | wait, blockMs, …options of open }'
 */
import { once } from 'node:events';
import { ClaimLostError, ReadableFolderQueue } from 'dibs';
import { openLedger } from './ledger.mjs';

const { directory, ledger, actor, how, blockMs, ...options } = JSON.parse(process.argv[2]);
const note = openLedger(ledger, actor);

const blocks = {
  burn(end) {
    while (performance.now() < end);
  },
  churn(end) {
    const kept = [];
    while (performance.now() < end) {
      kept.push(Array.from({ length: 1_000 }, (_, index) => ({ index, text: `${index}`.repeat(20) })));
      // Lives long enough to be moved, then goes.
      if (kept.length > 40) kept.splice(0, 20);
    }
  },
  wait(end) {
    const never = new Int32Array(new SharedArrayBuffer(4));
    Atomics.wait(never, 0, 0, end - performance.now());
  },
};

const queue = await ReadableFolderQueue.open(directory, options);
const file = await queue.get();
note('got', { name: file.name, attempt: file.attempt });
await once(process.stdin, 'data');
process.stdin.destroy();
blocks[how](performance.now() + blockMs);
note('done?', { name: file.name });
try {
  await file.done();
  note('done!', { name: file.name });
} catch (error) {
  if (!(error instanceof ClaimLostError)) throw error;
  note('lost', { name: file.name });
}
await queue.dispose();
