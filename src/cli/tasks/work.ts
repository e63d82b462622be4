import { wholeNumber } from '../option-values.ts';
import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { RUN_OPTIONS } from './run-options.ts';
import type { WorkOptions } from './work-options.ts';

export const workCommand: StoreCommand<WorkOptions> = {
  name: 'work',
  summary: 'run a program on each task that is due until none is left, beside whoever else does',
  operands: [{ syntax: '<command...>', description: 'the program and its arguments, as they are; after --' }],
  options: [
    { flags: '-j, --concurrency <n>', description: 'how many programs run at once', parse: wholeNumber('--concurrency', 1), default: 1 },
    ...RUN_OPTIONS,
    { flags: '--follow', description: 'when none is left wait for more' },
    { flags: '-q, --quiet', description: 'print no summary; failures yes' },
  ],
  examples: [
    [
      'dibs task work -j 4 -- ./load.sh',
      'in as many shells, on as many machines, as you like; DIBS_TASK and DIBS_DATA say which task it is',
    ],
    ['dibs task work --follow --retries 5 -- ./load.sh', 'and whatever is created later, until it is interrupted'],
  ],
  async run(surroundings, call) {
    if (call.words[0] === '') throw new UsageError('the command is empty text. Run: dibs task work --help');
    return (await import('./work-on-tasks.ts')).workOnTasks(surroundings, call);
  },
};
