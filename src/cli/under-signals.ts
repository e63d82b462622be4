import { onShutdownSignal } from '../queues/consume-signals.ts';
import { GroupGuard } from './child/group-guard.ts';
import type { Surroundings } from './command.ts';
import { InterruptedError } from './interruption.ts';

/** How work on programs is told to end. */
export interface Stops {
  /** Aborts at the first Ctrl-C or SIGTERM, with an `InterruptedError`: nothing more is begun. */
  readonly draining: AbortSignal;
  /** Aborts at the second: what runs is killed. */
  readonly forcing: AbortSignal;
  /** Ends the programs if this process dies. */
  readonly guard: GroupGuard;
}

/** What to end with if a signal came; undefined if none did. */
export function exitCodeOfStops({ draining, forcing }: Stops): number | undefined {
  const last: unknown = forcing.reason ?? draining.reason;
  return last instanceof InterruptedError ? last.exitCode : undefined;
}

/** Does work that runs programs. The first Ctrl-C waits for them, the second kills them. */
export async function underSignals<R>({ clock, err }: Pick<Surroundings, 'clock' | 'err'>, work: (stops: Stops) => Promise<R>): Promise<R> {
  const draining = new AbortController();
  const forcing = new AbortController();
  const forget = onShutdownSignal(
    clock,
    (signal) => {
      draining.abort(new InterruptedError(signal));
      // Who reads no more is not told.
      err.line('dibs: finishing what runs; once more (Ctrl-C) ends it now').catch(() => {});
    },
    (signal) => forcing.abort(new InterruptedError(signal)),
  );
  const guard = new GroupGuard();
  try {
    return await work({ draining: draining.signal, forcing: forcing.signal, guard });
  } finally {
    forget();
    guard.close();
  }
}
