/** Reads a folder to its end, and says each name that it is through with. */
import { ReadableFolderQueue } from 'dibs';
import { readFile } from 'node:fs/promises';

const [folder = ''] = process.argv.slice(2);
const queue = await ReadableFolderQueue.open(folder);
for await (const file of queue) {
  if (!(await readFile(file.path, 'utf8')).endsWith('\n')) throw new Error(`${file.name} was not whole`);
  await file.done();
  console.log(file.name);
}
await queue.dispose();
