import type { BatchStatus } from '../../batches/batch-status.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCommand } from '../store-command.ts';
import { withBatch } from './with-batch.ts';

export const resultCommand: StoreCommand<{ readonly json?: boolean }> = {
  name: 'result',
  summary: 'print what the reduce of a batch came to',
  operands: [{ syntax: '<id>', description: 'its id' }],
  options: [],
  examples: [
    ['dibs batch result load-7 > total.txt', 'a text as it is, anything else as JSON'],
    ['until dibs batch result load-7; do sleep 5; done', 'it ends with 75 as long as there is none'],
  ],
  run: (surroundings, call) =>
    withBatch(surroundings, call, async (batch) => {
      const { out, err } = surroundings;
      const value = await batch.reduced();
      if (value !== undefined) {
        await out.line(typeof value === 'string' && !call.options.json ? value : formatJsonLine(value));
        return EXIT.ok;
      }
      const status = await batch.status();
      await err.line(`dibs: ${describe(status)}`);
      return status.state === 'failed' ? EXIT.failed : EXIT.held;
    }),
};

function describe({ id, state, reason, remaining }: BatchStatus): string {
  const name = formatSentence(id);
  if (state === 'failed') return `batch ${name} has failed: ${formatSentence(reason ?? '')}. Run: dibs batch info`;
  if (remaining > 0) return `batch ${name} has no result yet: ${formatNumberOf(remaining, 'part')} left. Run: dibs batch work`;
  return `batch ${name} has no result yet: its reduce is to be done. Run: dibs batch work --reduce`;
}
