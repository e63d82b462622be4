/**
 * Puts a backlog that is far larger than the memory it is given, and works some of it off. Says how much memory it took beside the heap,
 * which its parent limits.
 *
 *   node --max-old-space-size=MB persistent-queue-backlog.mjs DIRECTORY HOW COUNT BYTES     HOW: put · putMany · putManyAsync
 */
import { PersistentQueue } from 'dibs';

const [directory, how, count, bytes] = process.argv.slice(2);
const value = (n) => `${String(n).padStart(10, '0')}${'x'.repeat(Number(bytes) - 10)}`;
function* values() {
  for (let n = 0; n < Number(count); n += 1) yield value(n);
}
async function* valuesInTime() {
  for (const one of values()) yield Promise.resolve(one);
}

let outside = 0;
const watch = setInterval(() => (outside = Math.max(outside, process.memoryUsage().external)), 5);
const queue = await PersistentQueue.open(directory, { durability: 'process' });
if (how === 'put') for (const one of values()) await queue.put(one);
if (how === 'putMany') await queue.putMany(values());
if (how === 'putManyAsync') await queue.putMany(valuesInTime());
const { waiting } = await queue.counts();
let next = 0;
// Far enough to be beyond what may be kept in memory, and back on disk.
for (let item = await queue.get(); ; item = await queue.get()) {
  if (item.value !== value(next)) throw new Error(`message ${next} is ${item.value.slice(0, 10)}`);
  await item.done();
  next += 1;
  if (next === 6_000) break;
}
await queue.dispose();
clearInterval(watch);
process.stdout.write(JSON.stringify({ waiting, outsideMB: outside / 1024 / 1024 }));
