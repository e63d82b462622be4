import type { ConsumeProgress, ConsumeReport } from '../queues/consume-report.ts';
import { GroupGuard } from './child/group-guard.ts';
import { ProgramHandler } from './program-handler.ts';
import type { ProgramPlan, StopReason } from './program-handler.ts';
import type { WorkDisplay, WorkSummary } from './render/work-display.ts';
import { withEcho } from './with-echo.ts';
import type { Standing, WorkableQueue } from './work-item.ts';

export interface RoundPlan extends ProgramPlan {
  /** As it was typed: for what the person may type next. */
  readonly directory: string;
  readonly concurrency: number;
  /** The longest wait after a first failed attempt, in milliseconds; it doubles with each. */
  readonly backoffMs: number;
}

export interface RoundResult {
  readonly summary: WorkSummary;
  /** Undefined when it ended because nothing was left, or by a signal. */
  readonly stopped: StopReason | undefined;
}

/** Works until nothing is left in the queue, or it is told to stop. The queue stays open. */
export async function workRound(queue: WorkableQueue, plan: RoundPlan, display: WorkDisplay): Promise<RoundResult> {
  // Loaded before anybody listens for signals: none may fall in between.
  const { consume } = await import('../queues/consume.ts');
  const before = await queue.standing();
  const draining = new AbortController();
  const forcing = new AbortController();
  let stopped: StopReason | undefined;
  const guard = new GroupGuard();
  const handler = new ProgramHandler(plan, display, guard, (reason, how) => {
    stopped ??= reason;
    draining.abort();
    if (how === 'now') forcing.abort();
  });
  const forget = onFirstSignal(() => void display.notice('finishing what runs; once more (Ctrl-C) ends it now').catch(() => {}));
  try {
    const { errors: _, ...report }: ConsumeReport = await consume(withEcho(queue, handler), handler.handle, {
      concurrency: plan.concurrency,
      backoff: plan.backoffMs === 0 ? false : { firstMs: plan.backoffMs },
      onError: 'continue',
      handleSignals: true,
      signal: draining.signal,
      forceSignal: forcing.signal,
      ...(display.progressIntervalMs !== null && {
        progress: (progress) => display.progress(progress, totalOf(queue, before, progress)),
        progressIntervalMs: display.progressIntervalMs,
      }),
      clock: plan.clock,
    });
    const after = await queue.standing();
    return { summary: { directory: plan.directory, report, ...after, failedBefore: before.failed }, stopped };
  } finally {
    forget();
    guard.close();
  }
}

/** Of how many it is so many: what others do of it meanwhile is none of ours. */
function totalOf(queue: WorkableQueue, before: Standing, { done, failed }: ConsumeProgress): number {
  return queue.left === undefined ? before.left : done + failed + queue.left();
}

/** Only to tell the person; `consume` does what the signal asks for. */
function onFirstSignal(tell: () => void): () => void {
  const forget = (): void => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
  const listener = (): void => {
    forget();
    tell();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return forget;
}
