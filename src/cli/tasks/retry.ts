import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { type TaskOptions, USE_CASE_OPTION } from './task-options.ts';
import { withTasks } from './with-tasks.ts';

export const retryCommand: StoreCommand<TaskOptions> = {
  name: 'retry',
  summary: 'put back to work what failed or was given up, due at once',
  operands: [{ syntax: '[id...]', description: 'only these (default: all that failed or were given up)' }],
  options: [USE_CASE_OPTION],
  examples: [
    ['dibs task retry', 'all of them'],
    ['dibs task retry monday', 'one of them'],
  ],
  run: (surroundings, call) =>
    withTasks(surroundings, call, async (tracker) => {
      const { out, err } = surroundings;
      const ids = new Set(call.words);
      const retried = await (ids.size > 0 ? tracker.retry(ids) : tracker.retry());
      await out.line(call.options.json ? formatJsonLine({ retried }) : `${formatNumberOf(retried, 'task')} put back to work`);
      if (retried >= ids.size) return EXIT.ok;
      await err.line(`dibs: ${ids.size - retried} of ${ids.size} ids not failed. Run: dibs task failed`);
      return EXIT.failed;
    }),
};
