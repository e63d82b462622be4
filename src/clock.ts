/** Time as the queues see it. The real one is `systemClock`; tests move one by hand. */
export interface Clock {
  /** Milliseconds that only ever grow; where they started means nothing. */
  monotonic(): number;
  /** What a person's clock shows: for names and records, never for decisions. */
  wall(): Date;
  /** Calls back once after `ms` milliseconds; the result cancels it. A `background` timer keeps no process alive. */
  after(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => new Date(),
  after(ms, callback, options) {
    const timer = setTimeout(callback, ms);
    if (options?.background) timer.unref();
    return () => clearTimeout(timer);
  },
};
