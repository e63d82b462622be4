import { EXIT } from '../exit-code.ts';
import { NotThereError } from '../not-there-error.ts';
import { formatJsonLine } from '../render/json.ts';
import { renderTask } from '../render/task.ts';
import type { StoreCommand } from '../store-command.ts';
import { type TaskOptions, USE_CASE_OPTION } from './task-options.ts';
import { withTasks } from './with-tasks.ts';

export const showCommand: StoreCommand<TaskOptions> = {
  name: 'show',
  summary: 'print all that is known of a task',
  operands: [{ syntax: '<id>', description: 'its id' }],
  options: [USE_CASE_OPTION],
  examples: [
    ['dibs task show monday', 'status, data, attempts, who has it, what went wrong'],
    ['dibs task show monday --json | jq .data', 'for a script'],
  ],
  run: (surroundings, call) =>
    withTasks(surroundings, call, async (tracker) => {
      const [id = ''] = call.words;
      const task = await tracker.get(id);
      if (task === undefined) throw new NotThereError(`There is no task ${id} of ${tracker.useCase} in ${call.store}. Run: dibs task ls`);
      await surroundings.out.lines(call.options.json ? [formatJsonLine(task)] : renderTask(task));
      return EXIT.ok;
    }),
};
