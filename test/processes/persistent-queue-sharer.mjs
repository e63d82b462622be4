/**
 * An owner that shares its queue with two forked workers, which hold all there is. Once they do it says so to its parent.
 * Each worker notes its end in the diary: `<pid> <name of the error>`.
 *
 *   node persistent-queue-sharer.mjs DIRECTORY DIARY
 */
import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PersistentQueue } from 'dibs';

const [directory, diary, role = 'owner'] = process.argv.slice(2);

if (role === 'worker') {
  const queue = PersistentQueue.attach(process);
  try {
    await Promise.all([queue.get(), queue.get()]);
    process.send('holds');
    // Asking for a third one any sooner might take what the other one is to hold.
    await new Promise((resolve) => process.on('message', (message) => message === 'ask' && resolve()));
    const third = queue.get();
    process.send('asks');
    await third;
  } catch (error) {
    appendFileSync(diary, `${process.pid} ${error.name}\n`);
  }
} else {
  const queue = await PersistentQueue.open(directory);
  await queue.putMany(['a', 'b', 'c', 'd']);
  const workers = [1, 2].map(() => fork(fileURLToPath(import.meta.url), [directory, diary, 'worker']));
  const all = (word) =>
    Promise.all(workers.map((worker) => new Promise((resolve) => worker.on('message', (message) => message === word && resolve()))));
  const [holding, asking] = [all('holds'), all('asks')];
  for (const worker of workers) queue.share(worker);
  await holding;
  for (const worker of workers) worker.send('ask');
  await asking;
  process.send(workers.map(({ pid }) => pid));
}
