import { expect, it } from 'vitest';
import { pause, until } from '../../src/doctor/waiting.ts';
import { manualClock } from '../../src/testing/index.ts';

const never = new AbortController().signal;

it('looks at once, then again and again, and tells how long it took', async () => {
  const clock = manualClock();
  let looks = 0;
  const found = until({ clock, signal: never }, { limitMs: 1_000, everyMs: 100 }, async () => (looks += 1) === 4);
  await clock.advance(1_000);
  expect([await found, looks]).toEqual([300, 4]);
});

it('gives up when out of patience', async () => {
  const clock = manualClock();
  const found = until({ clock, signal: never }, { limitMs: 250, everyMs: 100 }, async () => false);
  await clock.advance(1_000);
  expect([await found, clock.pending]).toEqual([null, 0]);
});

it('ends at once when it is interrupted, before or in the middle', async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const paused = pause({ clock, signal: controller.signal }, 1_000);
  controller.abort(new Error('enough'));
  await expect(paused).rejects.toThrow('enough');
  await expect(pause({ clock, signal: controller.signal }, 1_000)).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});
