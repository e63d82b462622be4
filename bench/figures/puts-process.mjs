/** Single puts that survive a kill, each awaited before the next. Both sides in one process. */
import { messages } from '../messages.mjs';
import { rateOf } from '../harness.mjs';
import { openQueue, putEach } from '../ours.mjs';
import { insertEach, openSqlite } from '../peers/sqlite.mjs';

export const family = {
  name: 'puts-process',
  sides: {
    async oneByOne({ directory, scale }) {
      const values = messages(100_000 * scale);
      const queue = await openQueue(directory, { durability: 'process' });
      const rate = await rateOf(values.length, () => putEach(queue, values));
      await queue.dispose();
      return rate;
    },
    async sqlite({ directory, scale }) {
      const values = messages(20_000 * scale);
      const db = openSqlite(directory, 'NORMAL');
      const rate = await rateOf(values.length, () => insertEach(db, values));
      db.close();
      return rate;
    },
  },
  figures: [
    {
      name: 'process-1',
      title: "'process', awaited one by one",
      ours: 'oneByOne',
      peer: 'sqlite',
      peerName: 'SQLite NORMAL, single inserts',
      atLeast: 5,
    },
  ],
};
