// A queue in a directory: put work in, take it out, say when it is done.
//
//   node examples/first-queue.mjs
//
// prints: grind the beans
// prints: boil the water
// prints: 2 done, 0 waiting
import { PersistentQueue } from 'dibs';

const queue = await PersistentQueue.open('kitchen');

await queue.put('grind the beans'); // on the disk when this resolves
await queue.put('boil the water');
await queue.close(); // nothing more will come: the loop below ends

for await (const item of queue) {
  console.log(item.value);
  await item.done(); // will not come again, not even after a crash
}

const { done, waiting } = await queue.counts();
console.log(`${done} done, ${waiting} waiting`);
await queue.dispose();
