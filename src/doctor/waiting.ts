import type { Tools } from './tools.ts';

type Waiting = Pick<Tools, 'clock' | 'signal'>;

/** Resolves after `ms`; rejects with the signal's reason as soon as that aborts. */
export function pause({ clock, signal }: Waiting, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

export interface Patience {
  readonly limitMs: number;
  /** How long to rest between two looks. */
  readonly everyMs: number;
}

/** Looks again and again: how long it took in milliseconds until it was so, or null when out of patience. */
export async function until(waiting: Waiting, { limitMs, everyMs }: Patience, isSo: () => Promise<boolean>): Promise<number | null> {
  const began = waiting.clock.monotonic();
  for (;;) {
    if (await isSo()) return waiting.clock.monotonic() - began;
    if (waiting.clock.monotonic() - began >= limitMs) return null;
    await pause(waiting, everyMs);
  }
}
