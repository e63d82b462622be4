import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { withBatch } from './with-batch.ts';

export const failCommand: StoreCommand<{ readonly json?: boolean }> = {
  name: 'fail',
  summary: 'fail a batch for good: no part of it runs any more, and no reduce',
  operands: [
    { syntax: '<id>', description: 'its id' },
    { syntax: '<reason>', description: 'why, for whoever looks' },
  ],
  options: [],
  examples: [["dibs batch fail load-7 'the source was wrong'", 'what runs is finished, and counts for nothing']],
  run(surroundings, call) {
    const [, reason = ''] = call.words;
    if (reason === '') throw new UsageError('the reason is empty text. Run: dibs batch fail --help');
    return withBatch(surroundings, call, async (batch) => {
      const failed = await batch.fail(reason);
      if (call.options.json) await surroundings.out.line(formatJsonLine({ failed }));
      else if (failed) await surroundings.out.line(`batch ${formatSentence(batch.id)} has failed`);
      if (failed) return EXIT.ok;
      await surroundings.err.line(`dibs: what becomes of batch ${formatSentence(batch.id)} was decided before. Run: dibs batch info`);
      return EXIT.failed;
    });
  },
};
