import type { TailOptions } from './tail-options.ts';
import type { Command } from '../command.ts';
import { PLACE_OPTIONS } from '../folders/folder-flags.ts';
import { assertFolder } from '../folders/upkeep.ts';
import { quoteCommand } from '../child/command-template.ts';
import { interruptible } from '../interruption.ts';
import { seconds } from '../option-values.ts';

export const tailCommand: Command<TailOptions> = {
  name: 'tail',
  summary: 'folder: print what happens in it, a line each, until Ctrl-C',
  options: [
    { flags: '--interval <seconds>', description: 'how often to look when nothing is noticed (default: 1)', parse: seconds('--interval') },
    ...PLACE_OPTIONS,
  ],
  examples: [
    ['dibs tail inbox', 'who puts, claims, finishes and gives up what'],
    ['dibs tail inbox --json | jq -r \'select(.event == "failed") | .name\'', 'for a script'],
  ],
  async run(surroundings, call) {
    await assertFolder('tail', call.directory, `See: dibs status ${quoteCommand([call.directory])} --watch`);
    const { tailFolder } = await import('../folders/tail.ts');
    return interruptible((signal) => tailFolder(surroundings, call, signal));
  },
};
