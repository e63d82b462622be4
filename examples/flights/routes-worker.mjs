// One worker process of the second stage: takes day files out of the folder that routes.mjs fills, until there are no more.
import { ReadableFolderQueue } from 'dibs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { places, writeRoutes } from './output.mjs';
import { routesOf } from './summarise.mjs';

const [dir = '.demo', lingerOver] = process.argv.slice(2);
const { inbox, days } = places(dir);
const tell = (/** @type {import('./routes.mjs').WorkerNews} */ news) => void process.send?.(news);

// Whoever started it is gone. The folder needs nobody; but who kills a demo wants to be rid of all of it.
process.once('disconnect', () => process.exit());

const queue = await ReadableFolderQueue.open(inbox, { doneDir: days });
for await (const file of queue) {
  const lingers = file.name === lingerOver && file.attempt === 1;
  tell({ took: file.name, attempt: file.attempt, lingers });
  if (lingers) await wait(30_000);
  await writeRoutes(dir, file.name, routesOf(await readFile(file.path, 'utf8')));
  await file.done(); // goes to `days`, and will not come again
  tell({ did: file.name, attempt: file.attempt });
}
await queue.dispose();
process.disconnect?.();
