// A key makes a script one that can simply be run again: put refuses what is outstanding or done under that key. When the
// load is finished, closed and nothing left, the next one starts afresh.
//
//   node examples/key.mjs
//
// prints: monday: 3 put, worked: north south
// prints: monday, run again: 0 put, worked: east
// prints: tuesday: 3 put, worked: north south east
import { PersistentQueue } from 'dibs';

const REGIONS = ['north', 'south', 'east'];

/** The whole script: it need not know what an earlier run did. `stopBefore` plays the crash. */
async function loadSales(day, stopBefore) {
  const queue = await PersistentQueue.open('sales');
  const put = await queue.putMany(REGIONS, { key: (region) => region });
  await queue.close();
  const worked = [];
  for await (const item of queue) {
    if (item.value === stopBefore) break; // gives the item back, as a crash would
    worked.push(item.value);
    await item.done();
  }
  await queue.dispose();
  console.log(`${day}: ${put} put, worked: ${worked.join(' ')}`);
}

await loadSales('monday', 'east');
await loadSales('monday, run again');
await loadSales('tuesday');
