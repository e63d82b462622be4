import { EXIT } from '../exit-code.ts';
import { batchLibrary } from '../library.ts';
import { NotThereError } from '../not-there-error.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';

export const removeCommand: StoreCommand<{ readonly json?: boolean }> = {
  name: 'rm',
  summary: 'delete batches with all that is in them',
  operands: [{ syntax: '<id...>', description: 'which ones' }],
  options: [],
  examples: [
    ['dibs batch rm load-7', 'whoever works on it can settle nothing any more'],
    ['dibs batch ls --status done | xargs dibs batch rm', 'all that are done'],
  ],
  async run(surroundings, call) {
    const { store, words } = call;
    const { deleteBatch } = await batchLibrary();
    const missing: string[] = [];
    let removed = 0;
    for (const id of new Set(words)) {
      // Also one whose plan can't be read.
      if (await deleteBatch(id, { store, clock: surroundings.clock })) removed += 1;
      else missing.push(id);
    }
    if (removed > 0 || missing.length === 0)
      await surroundings.out.line(
        call.options.json ? formatJsonLine({ removed }) : `${formatCount(removed)} ${removed === 1 ? 'batch' : 'batches'} deleted`,
      );
    if (missing.length > 0) throw new NotThereError(`There is no batch ${missing.join(', nor ')} in ${store}. Run: dibs batch ls`);
    return EXIT.ok;
  },
};
