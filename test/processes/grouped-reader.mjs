/**
 * Works off a folder group by group, and tells its parent of each: `{ got }` before it is done, `{ done }` after.
 *
 *   node grouped-reader.mjs '{ directory, members, …options of open }'
 */
import { readFileSync } from 'node:fs';
import { GroupedFolderQueue } from 'dibs';

const { directory, ...options } = JSON.parse(process.argv[2]);
/** Resolves when it is on its way: who is killed then has said it. */
const tell = (word) => new Promise((resolve) => process.send(word, resolve));

const queue = await GroupedFolderQueue.open(directory, {
  ...options,
  groupKey: (name) => name.split('_')[0],
  memberKey: (name) => name.split('_')[1].replace('.tsv', ''),
});
await tell({ open: true });
for await (const group of queue) {
  const texts = group.files.map(({ path }) => readFileSync(path, 'utf8'));
  await tell({ got: group.group, attempt: group.attempt, texts });
  await group.done();
  await tell({ done: group.group });
}
await tell({ incomplete: queue.incomplete });
await queue.dispose();
process.disconnect();
