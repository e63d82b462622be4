/**
 * The script of a load, as its users write it: it puts all there is, with keys, and works it off in order. What it did it
 * writes down beside the queue. `poison` kills whoever works on it.
 *
 *   node persistent-queue-script.mjs DIRECTORY DIARY VALUES [KILL]     VALUES with commas between; KILL: after so many dones
 */
import { appendFileSync } from 'node:fs';
import { PersistentQueue } from 'dibs';

const [directory, diary, values, kill = 'never'] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

const queue = await PersistentQueue.open(directory, { segmentBytes: 1024 });
for (const value of values.split(',')) await queue.put(value, { key: value });
await queue.close();
let done = 0;
for await (const item of queue) {
  appendFileSync(diary, `began ${item.value} ${item.attempt}\n`);
  if (item.value === 'poison') die();
  await item.done();
  appendFileSync(diary, `done ${item.value}\n`);
  done += 1;
  if (String(done) === kill) die();
}
for await (const { value, attempts, error } of queue.failed()) appendFileSync(diary, `failed ${value} ${attempts} ${error.name}\n`);
await queue.dispose();
