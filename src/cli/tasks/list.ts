import { TASK_STATUSES, type TaskStatus } from '../../machines/task-lifecycle.ts';
import type { TaskTracker } from '../../tasks/task-tracker.ts';
import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { wholeNumber } from '../option-values.ts';
import { formatJsonLine } from '../render/json.ts';
import { renderTasks } from '../render/task.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { statusesIn } from './statuses-in.ts';
import { CODES_OPTION, type StepOptions, USE_CASE_OPTION } from './task-options.ts';
import { assertStep, withTasks } from './with-tasks.ts';

interface ListOptions extends StepOptions {
  readonly status?: readonly TaskStatus[];
  readonly unfinished?: boolean;
  readonly order?: (typeof ORDERS)[number];
  readonly limit?: number;
}

const ORDERS = ['status', 'id', 'oldest', 'newest'] as const;

function parseStatuses(text: string): TaskStatus[] {
  return text.split(',').map((word) => {
    const status = TASK_STATUSES.find((one) => one === word);
    if (status === undefined) throw new UsageError(`--status takes ${TASK_STATUSES.join(', ')}, not '${word}'`);
    return status;
  });
}

function parseOrder(text: string): (typeof ORDERS)[number] {
  const order = ORDERS.find((one) => one === text);
  if (order === undefined) throw new UsageError(`--order takes ${ORDERS.join(', ')}, not '${text}'`);
  return order;
}

export const listCommand: StoreCommand<ListOptions> = {
  name: 'ls',
  summary: 'list tasks',
  operands: [],
  options: [
    USE_CASE_OPTION,
    CODES_OPTION,
    { flags: '--status <status,...>', description: `only these: ${TASK_STATUSES.join(', ')}`, parse: parseStatuses },
    { flags: '--unfinished', description: 'only what is to be worked on yet: pending, failed, and what died with its process' },
    {
      flags: '--order <order>',
      description: 'by status, then id; by id; oldest or newest change first (default: status)',
      parse: parseOrder,
    },
    { flags: '-n, --limit <n>', description: 'only the first n', parse: wholeNumber('--limit', 1) },
  ],
  examples: [
    ['dibs task ls', 'id, status, attempts, last change'],
    ['dibs task ls --status failed,ignored --order newest -n 10', 'what went wrong last'],
    ['dibs task ls --unfinished --json | jq -r .id | xargs -I{} dibs task run {} -- ./load.sh', 'run all that are left'],
  ],
  run: (surroundings, call) =>
    withTasks(surroundings, call, async (tracker) => {
      const { status, unfinished, order, limit, json } = call.options;
      if (unfinished && status) throw new UsageError('give one of --status and --unfinished. Run: dibs task ls --help');
      const query = { ...(order && { order }), ...(limit !== undefined && { limit }) };
      // What is unfinished another step may have finished.
      if (unfinished) await assertStep(tracker, call.options);
      const tasks = unfinished
        ? await tracker.listUnfinished(query)
        : await tracker.list({ ...query, status: await statusesIn(tracker, call.options, status) });
      await surroundings.out.lines(json ? tasks.map(formatJsonLine) : renderTasks(tasks));
      // Who wants a few is not to wait for all.
      const isSound = limit !== undefined || (await tellDamage(tracker, surroundings));
      return isSound ? EXIT.ok : EXIT.failed;
    }),
};

/** False if there is any. */
async function tellDamage(tracker: TaskTracker<unknown>, { err }: Surroundings): Promise<boolean> {
  let isSound = true;
  for await (const { path, reason } of tracker.damaged()) {
    isSound = false;
    await err.line(`dibs: ${formatSentence(path)} can't be read: ${formatSentence(reason)}`);
  }
  return isSound;
}
