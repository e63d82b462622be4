/**
 * Bytes on disk for each message put: while all are waiting, and after the first half is done; and megabytes at most of a queue
 * that keeps up, looked at after each lot of many that are put and done.
 */
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { bytesOnDisk } from '../disk-use.mjs';
import { fileName, fileText, numberOf } from '../files.mjs';
import { answer, settings } from '../fresh-process.mjs';
import { batches, messages } from '../messages.mjs';
import * as ours from '../ours.mjs';
import { drainFiles, openReader, openWriter, putTexts } from '../ours-folders.mjs';
import * as sqlite from '../peers/sqlite.mjs';

const BATCH = 1_000;
const IN_FLIGHT = 100;
const { kind, directory, count, lots, lot } = settings();

const OPEN = {
  async ours(folder) {
    const queue = await ours.openQueue(folder, { durability: 'process' });
    return {
      put: (values) => ours.putBatches(queue, batches(values, BATCH)),
      drain: (number) => ours.drain(queue, number, IN_FLIGHT),
      end: () => queue.dispose(),
    };
  },
  sqlite(folder) {
    const db = sqlite.openSqlite(folder, 'NORMAL');
    return {
      put: (values) => sqlite.insertBatches(db, batches(values, BATCH)),
      drain: (number) => sqlite.drain(db, BATCH / 10, number),
      end: () => db.close(),
    };
  },
  async files(folder) {
    const writer = await openWriter(folder, { durability: 'process' });
    const reader = await openReader(folder, { durability: 'process', doneDir: null });
    return {
      put: (values) =>
        putTexts(
          writer,
          values.map((_, number) => fileName(number)),
          (name) => fileText(numberOf(name)),
          IN_FLIGHT,
        ),
      drain: (number) => drainFiles(reader, number),
      async end() {
        await reader.dispose();
        await writer.dispose();
      },
    };
  },
};

function opened(name) {
  const folder = join(directory, name);
  mkdirSync(folder);
  return OPEN[kind](folder);
}

async function bytesEach() {
  const queue = await opened('filled');
  await queue.put(messages(count));
  const waiting = bytesOnDisk(join(directory, 'filled')) / count;
  await queue.drain(count / 2);
  const half = bytesOnDisk(join(directory, 'filled')) / count;
  await queue.end();
  return { waiting, half };
}

async function mostWhileKeepingUp() {
  const queue = await opened('keeping-up');
  let most = 0;
  for (let number = 0; number < lots; number += 1) {
    await queue.put(messages(lot, number * lot));
    await queue.drain(lot);
    most = Math.max(most, bytesOnDisk(join(directory, 'keeping-up')));
  }
  await queue.end();
  return most / 1e6;
}

answer({ ...(await bytesEach()), most: await mostWhileKeepingUp() });
