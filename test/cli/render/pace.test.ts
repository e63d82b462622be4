import { expect, it } from 'vitest';
import { formatPace, PaceMeter } from '../../../src/cli/render/pace.ts';

it('knows nothing at the first look, and the rate and the rest at the next', () => {
  const meter = new PaceMeter();
  expect(meter.look(1_000, 10, 90)).toEqual({ donePerSecond: null, etaMs: null });
  expect(meter.look(3_000, 30, 70)).toEqual({ donePerSecond: 10, etaMs: 7_000 });
});

it('says nothing of the rest when nothing moves', () => {
  const meter = new PaceMeter();
  meter.look(0, 10, 90);
  expect(meter.look(5_000, 10, 90)).toEqual({ donePerSecond: 0, etaMs: null });
});

it('follows what happens now: looks older than half a minute do not count', () => {
  const meter = new PaceMeter();
  for (let second = 0; second <= 100; second++) meter.look(second * 1_000, second * 100, 0);
  let last = meter.look(101_000, 10_001, 0);
  for (let second = 102; second <= 140; second++) last = meter.look(second * 1_000, 10_000 + second - 100, 40);
  expect(last).toEqual({ donePerSecond: 1, etaMs: 40_000 });
});

it('begins again when a new load does', () => {
  const meter = new PaceMeter();
  meter.look(0, 1_000, 0);
  expect(meter.look(1_000, 5, 10)).toEqual({ donePerSecond: null, etaMs: null });
  expect(meter.look(2_000, 10, 5)).toEqual({ donePerSecond: 5, etaMs: 1_000 });
});

it('is written as a rate and what is left', () => {
  expect(formatPace({ donePerSecond: null, etaMs: null })).toBe('');
  expect(formatPace({ donePerSecond: 12.54, etaMs: 185_000 })).toBe('12.5/s, 3m 05s left');
  expect(formatPace({ donePerSecond: 0, etaMs: null })).toBe('0.00/s');
});
