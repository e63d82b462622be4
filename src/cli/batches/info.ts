import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { renderBatch } from '../render/batch.ts';
import type { StoreCommand } from '../store-command.ts';
import { withBatch } from './with-batch.ts';

export const infoCommand: StoreCommand<{ readonly json?: boolean }> = {
  name: 'info',
  summary: 'print how a batch stands',
  operands: [{ syntax: '<id>', description: 'its id' }],
  options: [],
  examples: [
    ['dibs batch info load-7', 'state, progress, parts of each status'],
    ['dibs batch info load-7 --json | jq .remaining', 'for a script'],
  ],
  run: (surroundings, call) =>
    withBatch(surroundings, call, async (batch) => {
      const status = await batch.status();
      await surroundings.out.lines(call.options.json ? [formatJsonLine(status)] : renderBatch(status));
      return status.damaged.length > 0 ? EXIT.failed : EXIT.ok;
    }),
};
