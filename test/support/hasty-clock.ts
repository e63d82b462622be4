import type { Clock } from '../../src/clock.ts';

/**
 * A clock for actions that run thousands of times: who waits is called at the next turn, and time goes on by as much.
 * Background timers never ring. With `ticksMs` every look takes that long, so that each disk seems slow.
 */
export function hastyClock({ ticksMs = 0 }: { readonly ticksMs?: number } = {}): Clock {
  let now = 0;
  return {
    monotonic: () => (now += ticksMs),
    wall: () => new Date(Date.UTC(2020, 0, 1) + now),
    after(ms, callback, { background = false } = {}) {
      if (background) return () => undefined;
      const turn = setImmediate(() => {
        now += ms;
        callback();
      });
      return () => clearImmediate(turn);
    },
  };
}
