/**
 * A process that claims files which others claim, too, as it is told, a line of JSON each on stdin; each that it has got it
 * writes down in a ledger outside of the folder, `NAME RACER`, in one write. Answers with a line of JSON.
 *
 *   { how, directory, ledger, racer, names }     names: there are so many, from `0.tsv` on
 *
 *   claim     by a rename each, what the library does at the lowest floor
 *   get, many     by a queue, one by one in a strict order, or several at once, and finishes each
 *   look      as nobody should: looks whether the file is there, takes it, and removes it
 */
import { existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadableFolderQueue } from 'dibs';
import { claimFile } from '../../dist/fs/claim.js';
import { disk } from '../../dist/fs/disk.js';

const RACES = {
  async claim({ directory, racer, names }, won) {
    for (let number = 0; number < names; number += 1) {
      const name = `${number}.tsv`;
      if (await claimFile(disk, `${directory}/${name}`, `${directory}/${name}.${racer}`)) await won(name);
    }
    return { tries: names };
  },

  get: ({ directory }, won) => byQueue(directory, (queue) => each(() => queue.tryGet(), won), { order: 'strict' }),

  many: ({ directory }, won) =>
    byQueue(directory, async (queue) => {
      for (let files = await queue.getMany(7); files.length > 0; files = await queue.getMany(7)) {
        for (const { name } of files) await won(name);
        await Promise.all(files.map((file) => file.done()));
      }
    }),

  async look({ directory, names }, won) {
    for (let number = 0; number < names; number += 1) {
      const path = `${directory}/${number}.tsv`;
      if (!existsSync(path)) continue;
      await won(`${number}.tsv`);
      rmSync(path, { force: true });
    }
    return { tries: names };
  },
};

async function each(next, won) {
  for (let file = await next(); file !== undefined; file = await next()) {
    await won(file.name);
    await file.done();
  }
}

async function byQueue(directory, work, more = {}) {
  const queue = await ReadableFolderQueue.open(directory, { durability: 'process', doneDir: null, watch: false, ...more });
  await work(queue);
  const { tries } = queue.claims;
  await queue.dispose();
  return { tries };
}

for await (const line of createInterface(process.stdin)) {
  const { how, ...race } = JSON.parse(line);
  const ledger = openSync(race.ledger, 'a');
  let wins = 0;
  const { tries } = await RACES[how](race, (name) => {
    wins += 1;
    writeSync(ledger, `${name} ${race.racer}\n`);
    // Now and then the others get their chance, however few cores there are.
    return wins % 5 === 0 ? sleep(1) : undefined;
  });
  process.stdout.write(`${JSON.stringify({ wins, tries })}\n`);
}
