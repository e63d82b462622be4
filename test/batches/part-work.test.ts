import { expect, it } from 'vitest';
import { BatchFailedError } from '../../src/batches/batch-errors.ts';
import type { PartMessage } from '../../src/batches/batch-options.ts';
import { consume } from '../../src/queues/consume.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { BatchPlace } from '../support/batch-places.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('gives up a message of a failed batch at once, whatever queue brought it', async () => {
  const place = new BatchPlace('file');
  await using queue = await PersistentQueue.open<PartMessage>(tempFolder(), { maxAttempts: 5 });
  const batch = await place.create([1, 2, 3], { publish: (message) => queue.put(message) });
  await batch.fail('the source was withdrawn');
  await queue.close();
  let tries = 0;
  const report = await consume(
    queue,
    async ({ value: { batchId, partId } }) => {
      tries += 1;
      await (await place.open(batchId)).part(partId, () => expect.unreachable());
    },
    { clock: place.clock, onError: 'continue' },
  );
  expect([tries, report.failed, report.retried]).toEqual([3, 3, 0]);
  for (const { error } of report.errors) expect(error).toBeInstanceOf(BatchFailedError);
  expect(await batch.status()).toMatchObject({ state: 'failed', parts: { pending: 3 } });
});
