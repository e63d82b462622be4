import { describe, expect, it } from 'vitest';
import { manualClock } from '../../src/testing/index.ts';

describe('manualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
    expect(clock.monotonic()).toBe(0);
    expect(clock.wall().toISOString()).toBe('2026-11-21T12:00:00.000Z');
    await clock.advance(1_500);
    expect(clock.monotonic()).toBe(1_500);
    expect(clock.wall().toISOString()).toBe('2026-11-21T12:00:01.500Z');
  });

  it('calls back what falls due, in order of time and then of setting, each at its own time', async () => {
    const clock = manualClock();
    const calls: string[] = [];
    for (const [name, ms] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['late', 31],
    ] as const) {
      clock.after(ms, () => calls.push(`${name}@${clock.monotonic()}`));
    }
    expect(clock.pending).toBe(4);
    await clock.advance(30);
    expect(calls).toEqual(['a@10', 'b@10', 'c@30']);
    expect(clock.pending).toBe(1);
  });

  it('calls back nothing that was cancelled', async () => {
    const clock = manualClock();
    let called = 0;
    const cancel = clock.after(10, () => (called += 1));
    cancel();
    cancel();
    await clock.advance(10);
    expect([called, clock.pending]).toEqual([0, 0]);
  });

  it('lets what a timer set off come to rest before the next one', async () => {
    const clock = manualClock();
    const seen: string[] = [];
    const chain = async (name: string): Promise<void> => {
      for (let hop = 0; hop < 50; hop += 1) await Promise.resolve();
      for (let hop = 0; hop < 3; hop += 1) await new Promise((resolve) => setImmediate(resolve));
      seen.push(name);
    };
    clock.after(1, () => void chain('first'));
    clock.after(2, () => void chain('second'));
    clock.after(3, () => seen.push('third'));
    await clock.advance(3);
    expect(seen).toEqual(['first', 'second', 'third']);
  });

  it('moves through timers that are set on the way', async () => {
    const clock = manualClock();
    const ticks: number[] = [];
    const tick = (): void => {
      ticks.push(clock.monotonic());
      clock.after(10, tick);
    };
    clock.after(10, tick);
    await clock.advance(35);
    expect(ticks).toEqual([10, 20, 30]);
  });

  it('adds up moves that were asked for at once', async () => {
    const clock = manualClock();
    await Promise.all([clock.advance(10), clock.advance(5)]);
    expect(clock.monotonic()).toBe(15);
  });

  it('keeps its monotonic time when the clock on the wall is set', async () => {
    const clock = manualClock();
    let called = false;
    clock.after(10, () => (called = true));
    clock.setWall(new Date('1999-01-01T00:00:00Z'));
    expect([clock.monotonic(), called]).toEqual([0, false]);
    expect(clock.wall().getUTCFullYear()).toBe(1999);
    await clock.advance(10);
    expect(called).toBe(true);
    expect(clock.wall().toISOString()).toBe('1999-01-01T00:00:00.010Z');
  });

  it('refuses to go back', () => {
    expect(() => manualClock().advance(-1)).toThrow(TypeError);
  });
});
