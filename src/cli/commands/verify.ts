import type { VerifyOptions } from './verify-options.ts';
import type { Command } from '../command.ts';
import { PLACE_FLAGS, PLACE_OPTIONS } from '../folders/folder-flags.ts';
import { kindOf, refuseOptions } from '../queue-kind.ts';

export const verifyCommand: Command<VerifyOptions> = {
  name: 'verify',
  summary: 'read every byte and print each damaged range; of a folder each file that is not as it should be',
  options: PLACE_OPTIONS,
  examples: [
    ['dibs verify orders', 'exit code 1 if anything is damaged'],
    ['dibs verify orders --json', 'a line for each damaged range: file, offset, length, reason'],
    ['dibs verify inbox', 'a folder: damaged reports, files that can not be served, what the dead left behind'],
  ],
  async run(surroundings, call) {
    const { directory, options } = call;
    if ((await kindOf(directory)) === 'folder') return (await import('../folders/verify.ts')).verifyFolder(surroundings, call);
    refuseOptions('verify', directory, options, PLACE_FLAGS, 'values');
    return (await import('../values/verify.ts')).verifyValues(surroundings, call);
  },
};
