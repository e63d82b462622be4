import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import { eachId, tellRefused } from './each-id.ts';
import type { StoreCommand } from '../store-command.ts';
import { CODES_OPTION, type StepOptions, USE_CASE_OPTION } from './task-options.ts';
import { withStep } from './with-tasks.ts';

export const reopenCommand: StoreCommand<StepOptions> = {
  name: 'reopen',
  summary: 'put tasks back to pending whatever came of them, their data as it is',
  operands: [{ syntax: '<id...>', description: 'which ones' }],
  options: [USE_CASE_OPTION, CODES_OPTION],
  examples: [['dibs task reopen monday', 'run it again although it succeeded']],
  run: (surroundings, call) =>
    withStep(surroundings, call, async (tracker) => {
      const outcome = await eachId(new Set(call.words), (id) => tracker.reopen(id).then(() => true));
      const { done: reopened } = outcome;
      if (reopened > 0 || outcome.errors.length === 0)
        await surroundings.out.line(call.options.json ? formatJsonLine({ reopened }) : `${formatNumberOf(reopened, 'task')} pending again`);
      return tellRefused(surroundings, outcome);
    }),
};
