import { checkOptions, type OptionRules } from '../queues/check-options.ts';
import { areCodes } from './tracker-options.ts';

export interface RunOptions {
  /** Codes of other steps that this task may be started from, beside those that the tracker was told. */
  readonly startsFrom?: number | readonly number[];
  /** What `work` throws once this has aborted was no attempt: the task is as it was before. */
  readonly signal?: AbortSignal;
}

const RULES: Readonly<Record<keyof RunOptions, OptionRules[string]>> = {
  startsFrom: { wants: 'a code, or a list of codes', test: areCodes },
  signal: { wants: 'an AbortSignal', test: (value) => value instanceof AbortSignal },
};

/** @throws TypeError */
export function checkRunOptions(options: RunOptions): void {
  checkOptions('run', options, RULES);
}
