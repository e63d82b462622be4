/**
 * One of several processes that work off one queue, each with its share of what is in flight: ours by `attach`, SQLite by
 * claims on the same file. Whenever it is told to, it works until nothing is left, and says how many it did and the sum of
 * their rows.
 */
import { PersistentQueue } from '../../dist/index.js';
import { settings } from '../fresh-process.mjs';
import * as sqlite from '../peers/sqlite.mjs';

const { kind, inFlight, claim } = settings();

const WORK = {
  async ours() {
    const queue = PersistentQueue.attach(process);
    const did = { count: 0, sum: 0 };
    async function lane() {
      for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
        did.count += 1;
        did.sum += item.value.rows;
        await item.done();
      }
    }
    await Promise.all(Array.from({ length: inFlight }, lane));
    await queue.dispose();
    return did;
  },
  sqlite(directory) {
    const db = sqlite.openSqlite(directory, 'NORMAL');
    const sum = sqlite.drain(db, claim);
    db.close();
    return { sum };
  },
};

process.on('message', (message) => {
  if (message.work !== undefined) void work(message.work);
});
process.send({ ready: true });

async function work(directory) {
  process.send({ did: await WORK[kind](directory) });
}
