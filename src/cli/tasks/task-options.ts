import { TASK_STATUSES } from '../../machines/task-lifecycle.ts';
import type { StatusCodes } from '../../tasks/status-codes.ts';
import type { CommandOption } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** What all commands of tasks take. */
export interface TaskOptions {
  readonly useCase: string;
  readonly json?: boolean;
}

export const USE_CASE_OPTION: CommandOption = {
  flags: '--use-case <name>',
  description: 'which tasks of the store: use cases never see each other’s',
  default: 'default',
};

/** What those take that tell one step of a task from another. */
export interface StepOptions extends TaskOptions {
  readonly codes?: StatusCodes;
}

export const CODES_OPTION: CommandOption = {
  flags: '--codes <code,...>',
  description: `which step, where the statuses have codes: those of ${TASK_STATUSES.join(', ')}`,
  parse: parseCodes,
};

/** Codes of the success of other steps, and the like. */
export function parseCodeList(option: string): (text: string) => number[] {
  return (text) =>
    text.split(',').map((word) => {
      if (/^\d{1,9}$/.test(word)) return Number(word);
      throw new UsageError(`${option} takes whole numbers with commas between them, not '${text}'`);
    });
}

function parseCodes(text: string): StatusCodes {
  const [pending, running, succeeded, failed, ignored, ...more] = parseCodeList('--codes')(text);
  const codes = [pending, running, succeeded, failed, ignored];
  if (ignored === undefined || more.length > 0 || new Set(codes).size < codes.length)
    throw new UsageError(`--codes takes five different codes, of ${TASK_STATUSES.join(', ')}, not '${text}'`);
  return { pending: Number(pending), running: Number(running), succeeded: Number(succeeded), failed: Number(failed), ignored };
}
