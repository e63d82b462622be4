/**
 * A queue by hand on better-sqlite3, as one who knows it would write it: WAL, prepared statements, the row id as order, no
 * index to maintain. What is done is deleted.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** How long a process waits for others that write; none gives up. */
const LOCK_MS = 60_000;

export function openSqlite(directory, synchronous) {
  const db = new Database(join(directory, 'queue.sqlite'), { timeout: LOCK_MS });
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${synchronous}`);
  db.exec('CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, taken INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL)');
  return db;
}

/** One transaction an insert: what a caller waits for before going on. */
export function insertEach(db, values) {
  const insert = db.prepare('INSERT INTO job (body) VALUES (?)');
  for (const value of values) insert.run(JSON.stringify(value));
}

/** One transaction a batch. */
export function insertBatches(db, groups) {
  const insert = db.prepare('INSERT INTO job (body) VALUES (?)');
  const insertAll = db.transaction((values) => {
    for (const value of values) insert.run(JSON.stringify(value));
  });
  for (const values of groups) insertAll(values);
}

/**
 * Claims `size` in one transaction, decodes them, deletes them in a second one, until `count` are done or none is left; gives
 * the sum of their rows.
 */
export function drain(db, size, count = Infinity) {
  const claim = db.prepare(
    'UPDATE job SET taken = 1 WHERE id IN (SELECT id FROM job WHERE taken = 0 ORDER BY id LIMIT ?) RETURNING id, body',
  );
  const remove = db.prepare('DELETE FROM job WHERE id = ?');
  const removeAll = db.transaction((ids) => {
    for (const id of ids) remove.run(id);
  });
  let sum = 0;
  for (let done = 0; done < count;) {
    const jobs = claim.raw().all(size);
    if (jobs.length === 0) break;
    for (const [, body] of jobs) sum += JSON.parse(body).rows;
    removeAll(jobs.map(([id]) => id));
    done += jobs.length;
  }
  return sum;
}
