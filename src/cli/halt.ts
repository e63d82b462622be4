import { UsageError } from './usage-error.ts';

/** When to take no more though there is more to do: once so many messages have ended in one way. */
export interface HaltRule {
  /** `soon`: what runs is finished. `now`: it is killed, and its messages are given back. */
  readonly how: 'soon' | 'now';
  /** `fail`: given up. `success`: done. `done`: either. */
  readonly of: 'fail' | 'success' | 'done';
  readonly limit: number;
  /** Percent of all that ended, rather than so many. */
  readonly isShare: boolean;
}

/** A share of fewer would be chance. */
const FEWEST_FOR_SHARE = 3;

const RULE = /^(?<how>soon|now),(?<of>fail|success|done)=(?<limit>[1-9]\d{0,8})(?<share>%)?$/;

const WAYS = ['fail', 'success', 'done'] as const;

const EXPECTED = '--halt takes soon or now, a comma, and fail=N, success=N, done=N, fail=N% or success=N%';

/** Reads `soon,fail=1`, `now,success=1`, `soon,fail=10%`. */
export function parseHalt(text: string): HaltRule {
  const groups = RULE.exec(text)?.groups;
  const of = WAYS.find((way) => way === groups?.['of']);
  const limit = Number(groups?.['limit']);
  const isShare = groups?.['share'] !== undefined;
  if (of === undefined || (isShare && (limit > 100 || of === 'done'))) throw new UsageError(`${EXPECTED}, not '${text}'`);
  return { how: groups?.['how'] === 'now' ? 'now' : 'soon', of, limit, isShare };
}

/** Counts how messages end, and tells when a rule says to stop. */
export class HaltCount {
  readonly rule: HaltRule;
  #failed = 0;
  #succeeded = 0;

  constructor(rule: HaltRule) {
    this.rule = rule;
  }

  /** A message came to its end: true when it is time to stop. */
  ended(how: 'fail' | 'success'): boolean {
    if (how === 'fail') this.#failed += 1;
    else this.#succeeded += 1;
    const { of, limit, isShare } = this.rule;
    const all = this.#failed + this.#succeeded;
    const count = of === 'fail' ? this.#failed : of === 'success' ? this.#succeeded : all;
    return isShare ? count >= FEWEST_FOR_SHARE && (count / all) * 100 >= limit : count >= limit;
  }
}
