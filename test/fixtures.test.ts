import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PersistentQueue } from '../src/queues/persistent-queue.ts';
import { doAll, listed } from './support/queue-lives.ts';
import { tempFolder } from './support/temp-folder.ts';

/** What version 1 wrote: it has to open for ever. One message is done, one was given up; `torn` lost its tail. */
it.each([
  ['whole', ['c', { n: 4 }]],
  ['torn', ['c']],
])('opens what was written by version 1: %s', async (name, left) => {
  const directory = join(tempFolder(), name);
  cpSync(join(import.meta.dirname, '..', 'fixtures', 'journals', name), directory, { recursive: true });
  const queue = await PersistentQueue.open<unknown>(directory);
  expect(await listed(queue.failed())).toMatchObject([{ value: 'b', error: { message: 'no such order' } }]);
  expect(await doAll(queue)).toEqual(left);
  await queue.dispose();
});
