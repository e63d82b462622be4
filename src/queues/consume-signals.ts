import { constants } from 'node:os';
import type { Clock } from '../clock.ts';

/** The signals that ask a process to end. */
export type ShutdownSignal = 'SIGINT' | 'SIGTERM';

const SHUTDOWN_SIGNALS: readonly ShutdownSignal[] = ['SIGINT', 'SIGTERM'];

/** npm passes Ctrl-C on to a program that got it from the terminal already: the same signal this soon is its echo. */
const ECHO_MS = 500;

/**
 * Calls `drain` at the first SIGINT or SIGTERM and `force` at the next, and sets the process's exit code to 128 + the
 * first one's number, unless it has one. The result takes the listeners off; after the second signal they are off by
 * themselves, so a third ends the process as if nobody listened.
 */
export function onShutdownSignal(
  clock: Clock,
  drain: (signal: ShutdownSignal) => void,
  force: (signal: ShutdownSignal) => void,
): () => void {
  let first: { readonly signal: ShutdownSignal; readonly at: number } | undefined;
  const listeners = SHUTDOWN_SIGNALS.map((signal) => {
    const listener = (): void => {
      if (first === undefined) {
        first = { signal, at: clock.monotonic() };
        process.exitCode ??= 128 + constants.signals[signal];
        drain(signal);
      } else if (signal !== first.signal || clock.monotonic() - first.at >= ECHO_MS) {
        stopListening();
        force(signal);
      }
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const stopListening = (): void => {
    for (const remove of listeners) remove();
  };
  return stopListening;
}
