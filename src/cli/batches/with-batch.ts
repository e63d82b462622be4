import type { Batch } from '../../batches/batch.ts';
import type { Surroundings } from '../command.ts';
import { batchLibrary } from '../library.ts';
import type { StoreCall } from '../store-command.ts';

/** Opens the batch that is named first, for as long as it is used. @throws BatchNotFoundError */
export async function withBatch<R>(
  { clock }: Surroundings,
  { store, words: [id = ''] }: Pick<StoreCall<unknown>, 'store' | 'words'>,
  use: (batch: Batch) => Promise<R>,
  options: { readonly leaseMs?: number } = {},
): Promise<R> {
  const { openBatch } = await batchLibrary();
  const batch = await openBatch(id, { ...options, store, clock });
  try {
    return await use(batch);
  } finally {
    await batch.dispose();
  }
}
