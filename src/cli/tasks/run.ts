import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { RUN_OPTIONS, type RunOptions } from './run-options.ts';

export const runCommand: StoreCommand<RunOptions> = {
  name: 'run',
  summary: 'run a program on a task, unless it succeeded before or somebody has it',
  operands: [
    { syntax: '<id>', description: 'its id' },
    { syntax: '<command...>', description: 'the program and its arguments, as they are; after --' },
  ],
  options: RUN_OPTIONS,
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
