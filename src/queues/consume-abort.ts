import type { Clock } from '../clock.ts';

/**
 * Calls back once when the signal aborts, at once if it has; the result takes the listener off again.
 * Instead of `AbortSignal.any`, which keeps what it made for as long as its longest-lived source lives.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}

/** Resolves after `ms`, or as soon as one of the signals aborts. */
export async function pause(clock: Clock, ms: number, signals: readonly AbortSignal[]): Promise<void> {
  const cleanups: (() => void)[] = [];
  await new Promise<void>((resolve) => {
    cleanups.push(clock.after(ms, resolve), ...signals.map((signal) => onAbort(signal, resolve)));
  });
  for (const clean of cleanups) clean();
}
