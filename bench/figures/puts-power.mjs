/** Single puts that survive a power cut. Both sides in one process: a put keeps nothing that could slow the next round. */
import { messages } from '../messages.mjs';
import { rateOf } from '../harness.mjs';
import { openQueue, putEach, putInFlight } from '../ours.mjs';
import { insertEach, openSqlite } from '../peers/sqlite.mjs';
import { addInFlight, closeBullmq, openBullmq } from '../peers/bullmq.mjs';
import * as graphileWorker from '../peers/graphile-worker.mjs';

const IN_FLIGHT = 100;

export const family = {
  name: 'puts-power',
  sides: {
    async inFlight({ directory, scale }) {
      const values = messages(100_000 * scale);
      const queue = await openQueue(directory, { durability: 'power' });
      const rate = await rateOf(values.length, () => putInFlight(queue, values, IN_FLIGHT));
      await queue.dispose();
      return rate;
    },
    async oneByOne({ directory, scale }) {
      const values = messages(8_000 * scale);
      const queue = await openQueue(directory, { durability: 'power' });
      const rate = await rateOf(values.length, () => putEach(queue, values));
      await queue.dispose();
      return rate;
    },
    async sqlite({ directory, scale }) {
      const values = messages(8_000 * scale);
      const db = openSqlite(directory, 'FULL');
      const rate = await rateOf(values.length, () => insertEach(db, values));
      db.close();
      return rate;
    },
    async bullmq({ redisPort, scale }) {
      const values = messages(10_000 * scale);
      const bullmq = await openBullmq(redisPort);
      const rate = await rateOf(values.length, () => addInFlight(bullmq, values, IN_FLIGHT));
      await closeBullmq(bullmq);
      return rate;
    },
    async graphile({ postgres, scale }) {
      const values = messages(3_000 * scale);
      const peer = await graphileWorker.openGraphile(postgres);
      const rate = await rateOf(values.length, () => graphileWorker.addInFlight(peer, values, IN_FLIGHT));
      await graphileWorker.closeGraphile(peer);
      return rate;
    },
  },
  figures: [
    {
      name: 'power-100',
      title: "'power', 100 puts in flight",
      ours: 'inFlight',
      peer: 'sqlite',
      peerName: 'SQLite FULL, single inserts',
      atLeast: 14,
    },
    {
      name: 'power-100-bullmq',
      title: "'power', 100 puts in flight",
      ours: 'inFlight',
      peer: 'bullmq',
      peerName: 'BullMQ, appendfsync always, 100 in flight',
      atLeast: 8,
    },
    {
      name: 'power-100-graphile',
      title: "'power', 100 puts in flight",
      ours: 'inFlight',
      peer: 'graphile',
      peerName: 'graphile-worker addJob, 100 in flight',
    },
    {
      name: 'power-1',
      title: "'power', one put at a time",
      ours: 'oneByOne',
      peer: 'sqlite',
      peerName: 'SQLite FULL, single inserts',
      atLeast: 1,
    },
  ],
};
