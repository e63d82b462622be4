/** Time as the queues see it. The real one is `systemClock`; tests move one by hand. */
export interface Clock {
  /** Milliseconds that only ever grow; where they started means nothing. */
  monotonic(): number;
  /** What a person's clock shows: for names and records, never for decisions. */
  wall(): Date;
  /** Calls back once after `ms` milliseconds; the result cancels it. A `background` timer keeps no process alive. */
  after(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void;
}

/** A timer of Node that is to wait longer fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's own clock. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => new Date(),
  after(ms, callback, options) {
    let left = ms;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const now = Math.min(left, LONGEST_TIMER_MS);
      left -= now;
      timer = setTimeout(left > 0 ? wait : callback, now);
      if (options?.background) timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
