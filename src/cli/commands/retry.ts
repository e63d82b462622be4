import { quoteCommand } from '../child/command-template.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { openExistingQueue, WAIT_OPTION } from '../queue-access.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';

interface RetryOptions {
  readonly wait?: number;
  readonly json?: boolean;
}

export const retryCommand: Command<RetryOptions> = {
  name: 'retry',
  summary: 'put back to work what was given up',
  rest: { syntax: '[id...]', description: 'only these ids, as `dibs failed` prints them (default: all)' },
  options: [WAIT_OPTION],
  examples: [
    ['dibs retry orders', 'all that failed'],
    ['dibs retry orders 00000001-0000000042', 'one of them'],
  ],
  async run({ out, err, clock }, { directory, rest, options }) {
    const queue = await openExistingQueue(directory, { waitMs: options.wait, clock, err });
    const ids = new Set(rest);
    let retried: number;
    try {
      retried = await (ids.size > 0 ? queue.retry(ids) : queue.retry());
    } finally {
      await queue.dispose();
    }
    await out.line(options.json ? formatJsonLine({ retried }) : `${formatNumberOf(retried, 'message')} put back to work`);
    if (retried >= ids.size) return EXIT.ok;
    await err.line(`dibs: ${ids.size - retried} of ${ids.size} ids not failed. Run: dibs failed ${quoteCommand([directory])}`);
    return EXIT.failed;
  },
};
