import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { withBatch } from './with-batch.ts';

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
    let removed = 0;
    for (const id of new Set(call.words)) {
      const isGone = await withBatch(surroundings, { ...call, words: [id] }, (batch) => batch.delete());
      if (isGone) removed += 1;
    }
    await surroundings.out.line(
      call.options.json ? formatJsonLine({ removed }) : `${formatCount(removed)} ${removed === 1 ? 'batch' : 'batches'} deleted`,
    );
    return EXIT.ok;
  },
};
