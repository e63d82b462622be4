import type { RunOptions } from './run-options.ts';
import { seconds, secondsOrNone, wholeNumber } from '../option-values.ts';
import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { USE_CASE_OPTION } from './task-options.ts';

export const runCommand: StoreCommand<RunOptions> = {
  name: 'run',
  summary: 'run a program on a task, unless it succeeded before or somebody has it',
  operands: [
    { syntax: '<id>', description: 'its id' },
    { syntax: '<command...>', description: 'the program and its arguments, as they are; after --' },
  ],
  options: [
    USE_CASE_OPTION,
    {
      flags: '--retries <n>',
      description: 'so many failures in a row, and it is given up (default: 3)',
      parse: wholeNumber('--retries', 1),
    },
    {
      flags: '--backoff <seconds>',
      description: 'longest wait after the first failure, before which it is not started again; doubled with each; 0 for none (default: 1)',
      parse: secondsOrNone('--backoff'),
    },
    { flags: '--stdin', description: 'the data on stdin too, for what is too long for DIBS_DATA' },
    {
      flags: '--timeout <seconds>',
      description: 'end the program (SIGTERM, after 5 s SIGKILL) if it takes longer: a failure',
      parse: seconds('--timeout'),
    },
    {
      flags: '--lease <seconds>',
      description: 'silent for so long, a worker on another machine counts as dead (default: 30)',
      parse: seconds('--lease'),
    },
  ],
  examples: [
    ['dibs task run monday -- ./load.sh', 'DIBS_TASK, DIBS_DATA (JSON) and DIBS_ATTEMPT are in its environment; exit code 0 is success'],
    [
      "dibs task run monday -- sh -c 'wc -l < in.csv > $DIBS_RESULT'",
      'what it writes to the file DIBS_RESULT, as JSON, becomes the data of the task',
    ],
  ],
  async run(surroundings, call) {
    if (call.words[1] === '') throw new UsageError('the command is empty text. Run: dibs task run --help');
    return (await import('./run-task.ts')).runTask(surroundings, call);
  },
};
