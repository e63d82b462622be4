import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { examineTimes } from '../../src/doctor/file-times.ts';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { placeFor } from './places.ts';

/** Files are stamped by this clock, in steps. */
const stampedBy = (clock: Clock, stepMs: number, aheadMs = 0): FileSystem => ({
  ...disk,
  async lstat(path) {
    const found = await disk.lstat(path);
    return found && { ...found, modifiedMs: Math.floor((clock.wall().getTime() + aheadMs) / stepMs) * stepMs };
  },
});

it('finds small steps and one clock on a disk of this machine', async () => {
  const times = await examineTimes(await placeFor());
  expect(times.granularityMs).toBeLessThanOrEqual(1_000);
  expect(times.granularityMs).toBeGreaterThan(0);
  expect(Math.abs(times.fileClockAheadMs)).toBeLessThanOrEqual(times.uncertaintyMs + 1_000);
});

it('finds steps of two seconds', async () => {
  const clock = hastyClock();
  expect(await examineTimes(await placeFor({ fs: stampedBy(clock, 2_000), clock }))).toMatchObject({ granularityMs: 2_000 });
});

it('finds times that do not move', async () => {
  const clock = hastyClock();
  expect(await examineTimes(await placeFor({ fs: stampedBy(clock, 1e9), clock }))).toMatchObject({ granularityMs: null });
});

it('finds a server whose clock is years away', async () => {
  const aheadMs = -10 * 365 * 86_400_000;
  const { fileClockAheadMs, uncertaintyMs } = await examineTimes(await placeFor({ fs: stampedBy(systemClock, 1, aheadMs) }));
  expect(Math.abs(fileClockAheadMs - aheadMs)).toBeLessThanOrEqual(uncertaintyMs + 1);
});
