import type { TaskTracker } from '../../tasks/task-tracker.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { CODES_OPTION, type StepOptions, USE_CASE_OPTION } from './task-options.ts';
import { withStep } from './with-tasks.ts';

export const retryCommand: StoreCommand<StepOptions> = {
  name: 'retry',
  summary: 'put back to work what failed or was given up, due at once',
  operands: [{ syntax: '[id...]', description: 'only these (default: all that failed or were given up)' }],
  options: [USE_CASE_OPTION, CODES_OPTION],
  examples: [
    ['dibs task retry', 'all of them'],
    ['dibs task retry monday', 'one of them'],
  ],
  run: (surroundings, call) =>
    withStep(surroundings, call, async (tracker) => {
      const { out, err } = surroundings;
      const ids = new Set(call.words);
      const retried = await (ids.size > 0 ? tracker.retry(ids) : tracker.retry());
      await out.line(call.options.json ? formatJsonLine({ retried }) : `${formatNumberOf(retried, 'task')} put back to work`);
      if (retried >= ids.size) return EXIT.ok;
      const unknown = await unknownOf(tracker, ids);
      const others = ids.size - retried - unknown;
      if (unknown > 0) await err.line(`dibs: ${unknown} of ${ids.size} ids have no task. Run: dibs task ls`);
      if (others > 0) await err.line(`dibs: ${others} of ${ids.size} ids not failed. Run: dibs task failed`);
      return EXIT.failed;
    }),
};

async function unknownOf(tracker: TaskTracker<unknown>, ids: Iterable<string>): Promise<number> {
  let unknown = 0;
  for (const id of ids) if ((await tracker.get(id)) === undefined) unknown += 1;
  return unknown;
}
