import { EXIT } from '../exit-code.ts';
import { describeDamage } from '../render/batch.ts';
import { formatJsonLine } from '../render/json.ts';
import type { StoreCommand } from '../store-command.ts';
import { withBatch } from './with-batch.ts';

interface PendingOptions {
  readonly array?: boolean;
  readonly json?: boolean;
}

export const pendingCommand: StoreCommand<PendingOptions> = {
  name: 'pending',
  summary: 'print the ids of the parts that have not succeeded and may yet, one a line',
  operands: [{ syntax: '<id>', description: 'the id of the batch' }],
  options: [{ flags: '--array', description: 'as one JSON array' }],
  examples: [
    ['dibs batch pending load-7', 'an id a line'],
    ['dibs batch pending load-7 --array', '["3","17"]'],
  ],
  run: (surroundings, call) =>
    withBatch(surroundings, call, async (batch) => {
      const { array, json } = call.options;
      const ids = await batch.pendingParts();
      const { damaged } = await batch.status();
      await surroundings.out.lines(array ? [formatJsonLine(ids)] : json ? ids.map(formatJsonLine) : ids);
      await surroundings.err.lines(damaged.map((part) => `dibs: ${describeDamage(part)}. Run: dibs batch retry`));
      return damaged.length > 0 ? EXIT.failed : EXIT.ok;
    }),
};
