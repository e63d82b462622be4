// Groups: a day is worked when the file of every business unit is there, whoever sends it and whenever. Of several readers
// one has all files of a day. Here each unit is a producer of its own, and one of them forgets a day.
//
//   node examples/folder-groups.mjs
//
// prints: 2026-03-01: north 120, south 80, west 45
// prints: 2026-03-02: north 130, south 70, west 55
// prints: 2026-03-03 is not complete: it lacks west
import { GroupedFolderQueue, WritableFolderQueue } from 'dibs';
import { readFile } from 'node:fs/promises';

const SALES = {
  west: { '2026-03-02': 55, '2026-03-01': 45 },
  north: { '2026-03-01': 120, '2026-03-02': 130, '2026-03-03': 110 },
  south: { '2026-03-01': 80, '2026-03-03': 90, '2026-03-02': 70 },
};

await Promise.all([work(), ...Object.keys(SALES).map(send)]);

async function send(unit) {
  const queue = await WritableFolderQueue.open('sales', { producer: unit });
  for (const [day, total] of Object.entries(SALES[unit])) await queue.putText(`${day}_${unit}.tsv`, `total\t${total}\n`);
  await queue.close();
  await queue.dispose();
}

async function work() {
  const queue = await GroupedFolderQueue.open('sales', {
    groupKey: (name) => name.split('_')[0],
    memberKey: (name) => name.split('_')[1].replace('.tsv', ''),
    members: Object.keys(SALES), // a set, not a number: two files of one unit are not two units
    expectedProducers: 3, // it does not end before all three of them said that they are done
  });
  for await (const day of queue) {
    const units = [];
    for (const { name, path } of day.files) {
      const [, total] = (await readFile(path, 'utf8')).trim().split('\t');
      units.push(`${name.slice(11, -4)} ${total}`);
    }
    console.log(`${day.group}: ${units.join(', ')}`);
    await day.done(); // all of its files, whatever crashes
  }
  for (const { group: day, missing } of queue.incomplete) console.log(`${day} is not complete: it lacks ${missing.join(', ')}`);
  await queue.dispose();
}
