import type { FailedOptions } from './failed-options.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { FAILED_PLACE_OPTION } from '../folders/folder-flags.ts';
import { wholeNumber } from '../option-values.ts';
import { kindOf, refuseOptions } from '../queue-kind.ts';

export const failedCommand: Command<FailedOptions> = {
  name: 'failed',
  summary: 'print what was given up, with its reason',
  options: [{ flags: '-n, --limit <n>', description: 'print only the first n', parse: wholeNumber('--limit', 0) }, FAILED_PLACE_OPTION],
  examples: [
    ['dibs failed orders', 'id, attempts and value; the reason below'],
    [
      'dibs failed orders --json | jq -r \'select(.error.message | test("timed out")) | .id\' | xargs dibs retry orders',
      'put some of them back to work',
    ],
    ['dibs failed inbox', 'the files of a folder that were given up: name and attempts; the reason below'],
  ],
  async run({ out }, { directory, options }) {
    if ((await kindOf(directory)) === 'folder') {
      const { failedOfFolder } = await import('../folders/failed.ts');
      await out.lines(await failedOfFolder(directory, options));
    } else {
      refuseOptions('failed', directory, options, { failedDir: '--failed-dir' }, 'values');
      const { failedOfValues } = await import('../values/failed.ts');
      await out.lines(await failedOfValues(directory, options));
    }
    return EXIT.ok;
  },
};
