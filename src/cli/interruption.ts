import { exitCodeOfSignal } from './exit-code.ts';

/** The person pressed Ctrl-C, or the system wants us to end. */
export class InterruptedError extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}.`);
    this.name = 'InterruptedError';
    this.signal = signal;
  }

  get exitCode(): number {
    return exitCodeOfSignal(this.signal);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs `body` with a signal that the first Ctrl-C or SIGTERM aborts; the second ends the process as always. */
export async function interruptible<R>(body: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  const stopListening = (): void => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals): void => {
    stopListening();
    controller.abort(new InterruptedError(name));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await body(controller.signal);
  } catch (error) {
    // Streams say that they were aborted, not by whom.
    throw error instanceof Error && error.name === 'AbortError' && controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    stopListening();
  }
}
