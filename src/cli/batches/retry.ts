import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { withBatch } from './with-batch.ts';

export const retryCommand: StoreCommand<{ readonly json?: boolean }> = {
  name: 'retry',
  summary: 'put back to work what failed or was given up, due at once: parts, and the reduce; and what is damaged or gone, made anew',
  operands: [{ syntax: '<id>', description: 'its id' }],
  options: [],
  examples: [['dibs batch retry load-7', 'a batch that has failed stays failed']],
  run: (surroundings, call) =>
    withBatch(surroundings, call, async (batch) => {
      const retried = await batch.retry();
      await surroundings.out.line(call.options.json ? formatJsonLine({ retried }) : `${formatCount(retried)} put back to work`);
      return EXIT.ok;
    }),
};
