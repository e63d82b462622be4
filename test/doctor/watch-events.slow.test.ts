import type { OpenMode } from '../../src/fs/file-system.ts';
import { expect, it } from 'vitest';
import { examineWatch } from '../../src/doctor/watch-events.ts';
import { placeFor } from './places.ts';
import { manualClock } from '../../src/testing/index.ts';

it('finds that the events of this machine wake', async () => {
  const { wakeMs, tries, noticed, burst } = await examineWatch(await placeFor());
  expect(wakeMs).toBeLessThan(1_000);
  expect([tries, noticed]).toEqual([5, 5]);
  expect(burst.noticed).toBe(burst.files);
  expect(burst.wakes).toBeGreaterThan(0);
});

it('finds that no event ever comes', async () => {
  const clock = manualClock();
  const examined = examineWatch(await placeFor({ clock }), async () => async () => undefined);
  await clock.advance(10_000);
  const found = await examined;
  expect(found).toEqual({ wakeMs: null, tries: 5, noticed: 0, burst: { files: 0, noticed: 0, wakes: 0 } });
});

it('counts what of a burst was not there at the last event', async () => {
  const place = await placeFor();
  let opens = 0;
  let tell = (): void => undefined;
  const fs = {
    ...place.fs,
    open: (path: string, mode: OpenMode) => {
      // Ready, one for each single file, and one in the middle of the burst: then the queue of events overflows.
      if (mode === 'append' && ((opens += 1) <= 5 || opens === 105)) setImmediate(tell);
      return place.fs.open(path, mode);
    },
  };
  const lossy = await placeFor({ fs });
  const { noticed, burst } = await examineWatch(lossy, async (_directory, onEvent) => {
    tell = onEvent;
    onEvent();
    return async () => undefined;
  });
  expect(noticed).toBe(5);
  expect(burst.wakes).toBe(1);
  expect(burst.noticed).toBeGreaterThanOrEqual(100);
  expect(burst.noticed).toBeLessThan(burst.files);
});
