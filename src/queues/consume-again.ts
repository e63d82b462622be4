import { isNoAttempt, isPermanent } from '../formats/failure-reason.ts';
import { afterFailure } from '../machines/retry-policy.ts';
import type { ConsumeSettings } from './consume-options.ts';

/** An attempt that is to be made again, after a while. `released`: it was none. */
export interface Again {
  readonly error: unknown;
  readonly afterMs: number;
  readonly as: 'retried' | 'released';
}

/** How long an item waits whose handler found that somebody else has what it is about, in milliseconds. */
const HELD_ELSEWHERE_MS = 1_000;

/** So many that wait for that keep nobody from what is behind them. */
export const MOST_ELSEWHERE = 1_000;

/** Whether an item comes again whose handler threw; undefined if that was the last attempt. */
export function againAfter(
  error: unknown,
  { attempt, maxAttempts }: { readonly attempt: number; readonly maxAttempts: number | undefined },
  backoff: ConsumeSettings['backoff'],
): Again | undefined {
  if (isNoAttempt(error)) return { error, afterMs: HELD_ELSEWHERE_MS, as: 'released' };
  const next = afterFailure({ attempt, maxAttempts, permanent: isPermanent(error) }, backoff, backoff.chance());
  return next.kind === 'again' ? { error, afterMs: next.afterMs, as: 'retried' } : undefined;
}
