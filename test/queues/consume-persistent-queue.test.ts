import { expect, it } from 'vitest';
import { PermanentError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { consume } from '../../src/queues/consume.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';

async function openLoad(fileSystem: FileSystem, count: number): Promise<PersistentQueue<number>> {
  const queue = await PersistentQueue.open<number>('/queue', { fileSystem });
  for (let value = 0; value < count; value += 1) await queue.put(value, { key: String(value) });
  await queue.close();
  return queue;
}

it('W-07 reports of a PersistentQueue what the queue itself counts', async () => {
  const queue = await openLoad(memoryDisk(), 50);
  const deliveries: number[] = [];
  const report = await consume(
    queue,
    (item) => {
      deliveries.push(item.value);
      if (item.value % 10 === 3) throw new PermanentError('a three');
      if (item.value % 10 === 7) throw new Error('a seven');
      if (item.value % 10 === 9 && item.attempt === 1) throw new Error('a nine, once');
    },
    { concurrency: 4, onError: 'continue', backoff: false },
  );
  expect(report).toMatchObject({ taken: 65, done: 40, failed: 10, retried: 15, released: 0, lost: 0 });
  expect(deliveries).toHaveLength(65);
  expect(await queue.counts()).toMatchObject({ waiting: 0, taken: 0, done: 40, failed: 10 });
  const failed: string[] = [];
  for await (const { value, attempts, error } of queue.failed()) failed.push(`${value} ${attempts} ${error.message}`);
  expect(failed.slice(0, 2)).toEqual(['3 1 a three', '7 3 a seven']);
  await queue.dispose();
});

it('W-06 stops at an item that is given up; the next run of the script does the rest', async () => {
  const disk = memoryDisk();
  const first = await openLoad(disk, 10);
  const stopped = consume(first, ({ value }) => {
    if (value === 4) throw new PermanentError('not this one');
  });
  await expect(stopped).rejects.toThrow('not this one');
  expect(await first.counts()).toMatchObject({ waiting: 5, taken: 0, done: 4, failed: 1 });
  await first.dispose();

  const second = await openLoad(disk, 10);
  const done: number[] = [];
  expect(await consume(second, ({ value }) => void done.push(value))).toMatchObject({ taken: 5, done: 5 });
  expect(done).toEqual([5, 6, 7, 8, 9]);
  await second.dispose();
});

it('W-05 gives back what was forced to end, at its place and with its attempt uncounted', async () => {
  const queue = await openLoad(memoryDisk(), 5);
  const force = new AbortController();
  const report = await consume(
    queue,
    async (_, { signal }) => {
      force.abort();
      signal.throwIfAborted();
    },
    { concurrency: 2, forceSignal: force.signal },
  );
  expect(report).toMatchObject({ done: 0, failed: 0, interrupted: { how: 'forced' } });
  expect(report.released).toBe(report.taken);
  const attempts: string[] = [];
  await consume(queue, (item) => void attempts.push(`${item.value} ${item.attempt}`));
  expect(attempts).toEqual(['0 1', '1 1', '2 1', '3 1', '4 1']);
  await queue.dispose();
});

it('ends with the error of a queue that is disposed of meanwhile', async () => {
  const queue = await PersistentQueue.open<number>('/queue', { fileSystem: memoryDisk() });
  await queue.put(1);
  const working = consume(queue, () => void queue.dispose());
  await expect(working).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
});
