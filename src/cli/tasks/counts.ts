import { TASK_STATUSES } from '../../machines/task-lifecycle.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { type TaskOptions, USE_CASE_OPTION } from './task-options.ts';
import { withTasks } from './with-tasks.ts';

export const countsCommand: StoreCommand<TaskOptions> = {
  name: 'counts',
  summary: 'print how many tasks there are of each status',
  operands: [],
  options: [USE_CASE_OPTION],
  examples: [
    ['dibs task counts', 'five lines'],
    ['dibs task counts --json | jq .failed', 'for a script'],
  ],
  run: (surroundings, call) =>
    withTasks(surroundings, call, async (tracker) => {
      const counts = await tracker.counts();
      const width = Math.max(...TASK_STATUSES.map((status) => status.length));
      const lines = TASK_STATUSES.map((status) => `${status.padEnd(width)}  ${formatCount(counts[status])}`);
      await surroundings.out.lines(call.options.json ? [formatJsonLine(counts)] : lines);
      return EXIT.ok;
    }),
};
