/**
 * Moves the one file of a folder from one disk to another, in each way in which a queue does that.
 *
 *   node cross-device-mover.mjs '{ way, queue, elsewhere }'
 *   node cross-device-mover.mjs      does so for each line of its input, and answers each with a line of JSON
 *
 *   put            from elsewhere into the queue
 *   done, fail     from the queue to elsewhere
 *   retry          back from there
 */
import { createInterface } from 'node:readline';
import { PermanentError, ReadableFolderQueue, retryFolder, WritableFolderQueue } from 'dibs';
import { existsSync } from 'node:fs';

const WAYS = {
  async put({ queue, elsewhere }) {
    const outbox = await WritableFolderQueue.open(queue, { producer: null });
    if (existsSync(`${elsewhere}/big.tsv`)) await outbox.put(`${elsewhere}/big.tsv`);
    await outbox.dispose();
  },
  done: ({ queue, elsewhere }) => each(queue, { doneDir: elsewhere }, (file) => file.done()),
  fail: ({ queue, elsewhere }) => each(queue, { failedDir: elsewhere }, (file) => file.fail(new PermanentError('never'))),
  retry: ({ queue, elsewhere }) => retryFolder(queue, undefined, { failedDir: elsewhere }),
};

async function each(queue, options, settle) {
  const inbox = await ReadableFolderQueue.open(queue, { ...options, maxAttempts: 10, leaseMs: 1_000, pollIntervalMs: 5, watch: false });
  for (let file = await inbox.get(); file !== undefined; file = await inbox.get()) await settle(file);
  await inbox.dispose();
}

const [told] = process.argv.slice(2);
if (told !== undefined) await move(JSON.parse(told));
else
  for await (const line of createInterface(process.stdin))
    process.stdout.write(`${JSON.stringify(await move(JSON.parse(line)).catch(asText))}\n`);

async function move({ way, ...places }) {
  await WAYS[way](places);
  return { error: null };
}

function asText(error) {
  return { error: `${error.stack}` };
}
