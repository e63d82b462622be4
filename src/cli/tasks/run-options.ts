import type { TaskTrackerOptions } from '../../tasks/tracker-options.ts';
import type { CommandOption } from '../command.ts';
import { leaseSeconds, seconds, secondsOrNone, wholeNumber } from '../option-values.ts';
import { CODES_OPTION, parseCodeList, type StepOptions, USE_CASE_OPTION } from './task-options.ts';

/** What may be typed after `dibs task run`, and `dibs task work` too. */
export interface RunOptions extends StepOptions {
  readonly startsFrom?: readonly number[];
  readonly retries?: number;
  /** In milliseconds. */
  readonly backoff?: number;
  readonly timeout?: number;
  readonly lease?: number;
  readonly stdin?: boolean;
}

export const RUN_OPTIONS: readonly CommandOption[] = [
  USE_CASE_OPTION,
  CODES_OPTION,
  {
    flags: '--starts-from <code,...>',
    description: 'codes of other steps that this one starts from: that of the success of the one before',
    parse: parseCodeList('--starts-from'),
  },
  {
    flags: '--retries <n>',
    description: 'so many failures in a row, and it is given up (default: 3)',
    parse: wholeNumber('--retries', 1),
  },
  {
    flags: '--backoff <seconds>',
    description: 'longest wait after the first failure, before which it is not started again; doubled with each; 0 for none (default: 1)',
    parse: secondsOrNone('--backoff'),
  },
  { flags: '--stdin', description: 'the data on stdin too, for what is too long for DIBS_DATA' },
  {
    flags: '--timeout <seconds>',
    description: 'end the program (SIGTERM, after 5 s SIGKILL) if it takes longer: a failure',
    parse: seconds('--timeout'),
  },
  {
    flags: '--lease <seconds>',
    description: 'silent for so long, a worker on another machine counts as dead (default: 30)',
    parse: leaseSeconds,
  },
];

/** What of it is the tracker's. */
export function attemptOptions({
  retries,
  backoff,
  lease,
  startsFrom,
}: RunOptions): Pick<TaskTrackerOptions<unknown>, 'maxAttempts' | 'backoff' | 'leaseMs' | 'startsFrom'> {
  return {
    ...(startsFrom && { startsFrom }),
    ...(retries !== undefined && { maxAttempts: retries }),
    ...(backoff !== undefined && { backoff: backoff === 0 ? (false as const) : { firstMs: backoff } }),
    ...(lease !== undefined && { leaseMs: lease }),
  };
}
