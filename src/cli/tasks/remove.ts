import { formatPlace } from '../../machines/task-place.ts';
import type { TaskTracker } from '../../tasks/task-tracker.ts';
import { ask } from '../ask.ts';
import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruption.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount, formatNumberOf } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { eachId, tellRefused } from './each-id.ts';
import { type TaskOptions, USE_CASE_OPTION } from './task-options.ts';
import { withTasks } from './with-tasks.ts';

interface RemoveOptions extends TaskOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

export const removeCommand: StoreCommand<RemoveOptions> = {
  name: 'rm',
  summary: 'delete tasks; their ids are free then',
  operands: [{ syntax: '[id...]', description: 'which ones' }],
  options: [
    USE_CASE_OPTION,
    { flags: '--all', description: 'all of the use case, those that somebody has too; asks first' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    ['dibs task rm monday', 'one that nobody has; its record may be damaged'],
    ['dibs task rm --all --yes --use-case old', 'all of a use case, for a script'],
  ],
  run(surroundings, call) {
    const { words, options } = call;
    if (options.all === true ? words.length > 0 : words.length === 0)
      throw new UsageError('give ids, or --all for all of the use case. Run: dibs task rm --help');
    return withTasks(surroundings, call, async (tracker) => {
      const { out, err } = surroundings;
      if (options.all && !options.yes && !(await isWanted(surroundings, tracker))) {
        await err.line(`dibs: the tasks of ${tracker.useCase} are left as they are. Say y, or give --yes`);
        return EXIT.failed;
      }
      const ids = new Set(words);
      const outcome = options.all ? undefined : await eachId(ids, (id) => tracker.delete(id));
      const removed = outcome?.done ?? (await tracker.deleteAll());
      if (removed > 0 || !outcome?.errors.length)
        await out.line(options.json ? formatJsonLine({ removed }) : `${formatNumberOf(removed, 'task')} deleted`);
      if (outcome === undefined) return EXIT.ok;
      const code = await tellRefused(surroundings, outcome);
      if (outcome.others > 0) await err.line(`dibs: ${outcome.others} of ${ids.size} ids have no task. Run: dibs task ls`);
      return code === EXIT.ok && outcome.others > 0 ? EXIT.failed : code;
    });
  },
};

async function isWanted(surroundings: Surroundings, tracker: TaskTracker<unknown>): Promise<boolean> {
  const counts = await tracker.countsOfAllSteps();
  const parts = counts.flatMap(({ status, code, count }) => (count > 0 ? [`${formatCount(count)} ${formatPlace(status, code)}`] : []));
  const question = `Delete every task of ${tracker.useCase}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}?`;
  return interruptible((signal) => ask(question, surroundings, signal));
}
