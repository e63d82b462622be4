/** When a failed attempt is made again, or that it was the last. Pure: chance comes in as an argument. */

/** How the waits between two attempts grow. */
export interface Backoff {
  /** The longest wait after the first attempt, in milliseconds. */
  readonly firstMs: number;
  /** What the longest wait is multiplied by with each further attempt. */
  readonly factor: number;
  /** What no wait is longer than, in milliseconds. */
  readonly maxMs: number;
}

/** An attempt that failed. */
export interface FailedAttempt {
  /** 1 for the first, counted over all processes that tried. */
  readonly attempt: number;
  /** The attempts an item has; undefined where the queue sets no limit. */
  readonly maxAttempts: number | undefined;
  /** Trying again can't help. */
  readonly permanent: boolean;
}

/** What follows a failed attempt. */
export type AfterFailure = { readonly kind: 'again'; readonly afterMs: number } | { readonly kind: 'giveUp' };

/** Again after a wait, or given up: at once when it is permanent, else when the attempts are used up. */
export function afterFailure(failed: FailedAttempt, backoff: Backoff, chance: number): AfterFailure {
  const last = failed.maxAttempts !== undefined && failed.attempt >= failed.maxAttempts;
  if (failed.permanent || last) return { kind: 'giveUp' };
  return { kind: 'again', afterMs: backoffMs(failed.attempt, backoff, chance) };
}

/**
 * The wait after that attempt, in whole milliseconds: anything from nothing to a ceiling that grows with each attempt.
 * The whole range is drawn from ("full jitter"), because items that failed together must not come again together.
 * `chance` is at least 0 and below 1.
 */
export function backoffMs(attempt: number, backoff: Backoff, chance: number): number {
  // 0 times the infinity that a late attempt's power is would be no number.
  if (backoff.firstMs === 0) return 0;
  const ceiling = Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** (attempt - 1));
  return Math.floor(ceiling * chance);
}
