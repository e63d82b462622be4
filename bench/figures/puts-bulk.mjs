/** putMany of 1000 at a time. All sides in one process, the same batches. */
import { batches, messages } from '../messages.mjs';
import { rateOf } from '../harness.mjs';
import { openQueue, putBatches } from '../ours.mjs';
import { writeBatches } from '../peers/bare.mjs';
import { addBulk, closeGraphile, openGraphile } from '../peers/graphile-worker.mjs';
import { insertBatches, openSqlite } from '../peers/sqlite.mjs';

const BATCH = 1_000;

async function ours({ directory, scale }, durability) {
  const values = messages(200_000 * scale);
  const groups = batches(values, BATCH);
  const queue = await openQueue(directory, { durability });
  const rate = await rateOf(values.length, () => putBatches(queue, groups));
  await queue.dispose();
  return rate;
}

export const family = {
  name: 'puts-bulk',
  sides: {
    power: (context) => ours(context, 'power'),
    async sqlite({ directory, scale }) {
      const values = messages(100_000 * scale);
      const groups = batches(values, BATCH);
      const db = openSqlite(directory, 'FULL');
      const rate = await rateOf(values.length, () => insertBatches(db, groups));
      db.close();
      return rate;
    },
    async graphile({ postgres, scale }) {
      const values = messages(20_000 * scale);
      const groups = batches(values, BATCH);
      const peer = await openGraphile(postgres);
      const rate = await rateOf(values.length, () => addBulk(peer, groups));
      await closeGraphile(peer);
      return rate;
    },
    process: (context) => ours(context, 'process'),
    bare({ directory, scale }) {
      const values = messages(200_000 * scale);
      const groups = batches(values, BATCH);
      return rateOf(values.length, () => writeBatches(directory, groups));
    },
  },
  figures: [
    {
      name: 'bulk-power',
      title: "putMany by 1000, 'power'",
      ours: 'power',
      peer: 'sqlite',
      peerName: 'SQLite FULL, transactions of 1000',
      atLeast: 1.5,
    },
    {
      name: 'bulk-power-graphile',
      title: "putMany by 1000, 'power'",
      ours: 'power',
      peer: 'graphile',
      peerName: 'graphile-worker addJobs by 1000',
    },
    {
      name: 'bulk-process',
      title: "putMany by 1000, 'process'",
      ours: 'process',
      peer: 'bare',
      peerName: 'JSON.stringify + joined writeSync',
      atLeast: 0.8,
    },
  ],
};
