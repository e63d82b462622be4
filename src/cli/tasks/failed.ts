import { formatPlace } from '../../machines/task-place.ts';
import type { Task } from '../../tasks/task.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import { formatReason } from '../render/reason.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCommand } from '../store-command.ts';
import { statusesIn } from './statuses-in.ts';
import { CODES_OPTION, type StepOptions, USE_CASE_OPTION } from './task-options.ts';
import { withTasks } from './with-tasks.ts';

export const failedCommand: StoreCommand<StepOptions> = {
  name: 'failed',
  summary: 'print what failed and what was given up, with its last error',
  operands: [],
  options: [USE_CASE_OPTION, CODES_OPTION],
  examples: [
    ['dibs task failed', 'id, status and attempts; the reason below'],
    ['dibs task failed --json | jq -r \'select(.status == "ignored") | .id\' | xargs dibs task retry', 'put back what was given up'],
  ],
  run: (surroundings, call) =>
    withTasks(surroundings, call, async (tracker) => {
      const tasks = await tracker.list({ status: await statusesIn(tracker, call.options, ['failed', 'ignored']) });
      await surroundings.out.lines(tasks.map(call.options.json ? formatJsonLine : describe));
      return EXIT.ok;
    }),
};

function describe({ id, status, code, attempts, lastError }: Task): string {
  const reason = lastError === undefined ? 'nothing is known of why' : formatReason(lastError);
  return `${formatSentence(id)}  ${formatPlace(status, code)}  ${formatNumberOf(attempts, 'attempt')}\n    ${reason}`;
}
