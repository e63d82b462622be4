import { quoteCommand } from '../child/command-template.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { FAILED_PLACE_OPTION, placesOf } from '../folders/folder-flags.ts';
import { folderMaintenance } from '../library.ts';
import { openExistingQueue, WAIT_OPTION } from '../queue-access.ts';
import { kindOf, refuseOptions } from '../queue-kind.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';

interface RetryOptions {
  readonly wait?: number;
  readonly failedDir?: string;
  readonly json?: boolean;
}

export const retryCommand: Command<RetryOptions> = {
  name: 'retry',
  summary: 'put back to work what was given up',
  rest: { syntax: '[id...]', description: 'only these ids, or file names, as `dibs failed` prints them (default: all)' },
  options: [WAIT_OPTION, FAILED_PLACE_OPTION],
  examples: [
    ['dibs retry orders', 'all that failed'],
    ['dibs retry orders 00000001-0000000042', 'one of them'],
    ['dibs retry inbox sales-01.tsv', 'one file of a folder; it is tried as often as a new one'],
  ],
  async run({ out, err, clock }, { directory, rest, options }) {
    const ids = new Set(rest);
    let retried: number;
    if ((await kindOf(directory)) === 'folder') {
      const { retryFolder } = await folderMaintenance();
      retried = await retryFolder(directory, ids.size > 0 ? ids : undefined, { ...placesOf(options), clock });
    } else {
      refuseOptions('retry', directory, options, { failedDir: '--failed-dir' }, 'values');
      const queue = await openExistingQueue(directory, { waitMs: options.wait, clock, err });
      try {
        retried = await (ids.size > 0 ? queue.retry(ids) : queue.retry());
      } finally {
        await queue.dispose();
      }
    }
    await out.line(options.json ? formatJsonLine({ retried }) : `${formatNumberOf(retried, 'message')} put back to work`);
    if (retried >= ids.size) return EXIT.ok;
    await err.line(`dibs: ${ids.size - retried} of ${ids.size} ids not failed. Run: dibs failed ${quoteCommand([directory])}`);
    return EXIT.failed;
  },
};
