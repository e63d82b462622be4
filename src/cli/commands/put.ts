import type { PutOptions } from './put-options.ts';
import type { Command } from '../command.ts';
import { EXTENSION_OPTION } from '../folders/folder-flags.ts';
import { wholeNumber } from '../option-values.ts';
import { WAIT_OPTION } from '../queue-access.ts';
import { kindOf, type OptionFlags, refuseOptions } from '../queue-kind.ts';
import { UsageError } from '../usage-error.ts';

const VALUES_FLAGS: OptionFlags = {
  jsonValues: '--json-values',
  null: '-0',
  key: '--key',
  keyIsValue: '--key-is-value',
  keyField: '--key-field',
  close: '--close',
};

/** Each of them says that a directory that is no queue yet is to be a folder. */
const FOLDER_FLAGS: OptionFlags = {
  files: '--files',
  copy: '--copy',
  name: '--name',
  producer: '--producer',
  extension: '--extension',
  retries: '--retries',
};

const LONGEST_PRODUCER = 100;

function producerName(text: string): string {
  if (text !== '' && text.length <= LONGEST_PRODUCER) return text;
  throw new UsageError(`--producer takes a name of at most ${LONGEST_PRODUCER} characters`);
}

export const putCommand: Command<PutOptions> = {
  name: 'put',
  summary: 'put values into a queue, which is made if need be, or files into a folder',
  rest: { syntax: '[what...]', description: 'values: a string each, - for one a line of stdin; a folder: files, - for stdin as one file' },
  options: [
    { flags: '--json-values', description: 'values: they are JSON, not strings' },
    { flags: '-0, --null', description: 'values: on stdin they end with a NUL, as find -print0 writes them' },
    { flags: '--key <key>', description: 'values: refuse the one value if this key is outstanding, done or failed in this load' },
    { flags: '--key-is-value', description: 'values: the same for each value, which is its own key' },
    { flags: '--key-field <name>', description: 'values: the same for JSON objects, by one of their fields' },
    { flags: '--close', description: 'values: say that this load is complete: it is finished when all is done' },
    WAIT_OPTION,
    { flags: '--files', description: 'folder: make the directory a folder of files, if it is no queue yet; the options below do too' },
    { flags: '--copy', description: 'folder: put copies (default: the files are moved)' },
    { flags: '--name <name>', description: 'folder: what the one file, or stdin, is called in it' },
    {
      flags: '--producer <name>',
      description: 'folder: say HELO before and DONE after, so that readers know when they have all; FAILED if not all could be put',
      parse: producerName,
    },
    EXTENSION_OPTION,
    {
      flags: '--retries <n>',
      description: 'folder: when it is made, how often each file is tried in all (default: 3)',
      parse: wholeNumber('--retries', 1),
    },
  ],
  examples: [
    ['dibs put orders first second', 'two strings'],
    ["find in -name '*.tsv' -print0 | dibs put orders -0 --key-is-value --close -", 'each file name once, and that is all'],
    ['dibs put orders --json-values \'{"id":7,"rows":[0,1000]}\' --key-field id', 'a value of any shape'],
    ['dibs put inbox --files *.csv', 'files, moved into a folder that is made for .csv files; later without --files'],
    ['dibs put inbox --copy --producer extract *.csv', 'copies, and readers know that these are all'],
    ['pg_dump shop | dibs put inbox --name shop.sql -', 'a stream, of which nobody sees a part'],
  ],
  async run(surroundings, call) {
    const { directory, options } = call;
    const kind = await kindOf(directory);
    const wantsFolder = Object.keys(FOLDER_FLAGS).some((name) => Reflect.get(options, name) !== undefined);
    if (kind === 'folder' || (kind === 'nothing' && wantsFolder)) {
      refuseOptions('put', directory, options, VALUES_FLAGS, 'folder');
      const { putFiles } = await import('../folders/put.ts');
      return putFiles(surroundings, call);
    }
    refuseOptions('put', directory, options, FOLDER_FLAGS, 'values');
    const { putValues } = await import('../values/put.ts');
    return putValues(surroundings, call);
  },
};
