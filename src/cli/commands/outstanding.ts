import type { OutstandingOptions } from './outstanding-options.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { wholeNumber } from '../option-values.ts';
import { kindOf } from '../queue-kind.ts';

export const outstandingCommand: Command<OutstandingOptions> = {
  name: 'outstanding',
  summary: 'print what was put and is not done: values in put order, files by name',
  options: [{ flags: '-n, --limit <n>', description: 'print only the first n', parse: wholeNumber('--limit', 0) }],
  examples: [
    ['dibs outstanding orders', 'one value, or one file name, a line'],
    ['dibs outstanding orders --json | jq -r .id', 'with id, key and attempts, for other programs'],
    ['dibs outstanding inbox --json', 'the files of a folder: name, path, attempts and who has it'],
  ],
  async run({ out }, { directory, options }) {
    if ((await kindOf(directory)) === 'folder') {
      const { outstandingOfFolder } = await import('../folders/outstanding.ts');
      await out.lines(await outstandingOfFolder(directory, options));
    } else {
      const { outstandingOfValues } = await import('../values/outstanding.ts');
      await out.lines(await outstandingOfValues(directory, options));
    }
    return EXIT.ok;
  },
};
