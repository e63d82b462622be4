import { TASK_STATUSES } from '../../machines/task-lifecycle.ts';
import { formatPlace } from '../../machines/task-place.ts';
import type { TaskTracker } from '../../tasks/task-tracker.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { CODES_OPTION, type StepOptions, USE_CASE_OPTION } from './task-options.ts';
import { withTasks } from './with-tasks.ts';

export const countsCommand: StoreCommand<StepOptions> = {
  name: 'counts',
  summary: 'print how many tasks there are of each status',
  operands: [],
  options: [USE_CASE_OPTION, CODES_OPTION],
  examples: [
    ['dibs task counts', 'five lines; where the statuses have codes, one more for each of them'],
    ['dibs task counts --json | jq .failed', 'for a script'],
  ],
  run: (surroundings, call) =>
    withTasks(surroundings, call, async (tracker) => {
      const counts = await countsOf(tracker, call.options);
      const width = Math.max(...counts.map(([name]) => name.length));
      const lines = counts.map(([name, count]) => `${name.padEnd(width)}  ${formatCount(count)}`);
      await surroundings.out.lines(call.options.json ? [formatJsonLine(Object.fromEntries(counts))] : lines);
      return EXIT.ok;
    }),
};

/** Those of the step that is meant; of all there are, if none is. */
async function countsOf(tracker: TaskTracker<unknown>, { codes }: StepOptions): Promise<[name: string, count: number][]> {
  const counts = await tracker.counts();
  const own = TASK_STATUSES.map((status): [string, number] => [status, counts[status]]);
  const coded = codes === undefined ? (await tracker.countsOfAllSteps()).filter(({ code }) => code !== undefined) : [];
  return [...own, ...coded.map(({ status, code, count }): [string, number] => [formatPlace(status, code), count])];
}
