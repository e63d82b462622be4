import { expect, it } from 'vitest';
import { millisecondsEach } from '../../src/doctor/pace.ts';
import { measureThroughput } from '../../src/doctor/throughput.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { placeFor } from './places.ts';

it('measures every pace on a real disk', async () => {
  const { renames, linksAndUnlinks, putsProcess, putsPower, newFiles, listedNames } = await measureThroughput(await placeFor(), {
    hardLinks: true,
    syncs: true,
  });
  for (const pace of [renames, linksAndUnlinks, putsProcess, putsPower, newFiles, listedNames]) {
    expect(pace?.count).toBeGreaterThanOrEqual(3);
    expect(pace?.ms).toBeGreaterThan(0);
  }
});

it('does not try what the folder can not do', async () => {
  const place = await placeFor();
  expect(await measureThroughput(place, { hardLinks: false, syncs: true })).toMatchObject({
    linksAndUnlinks: null,
    putsProcess: null,
    putsPower: null,
  });
  expect(await measureThroughput(await placeFor(), { hardLinks: true, syncs: false })).toMatchObject({ putsPower: null });
});

it('spends no minute where every call takes seconds', async () => {
  const clock = hastyClock({ ticksMs: 1_000 });
  const { renames, listedNames } = await measureThroughput(await placeFor({ clock }), { hardLinks: false, syncs: false });
  expect([renames.count, millisecondsEach(renames)]).toEqual([3, expect.any(Number)]);
  expect(millisecondsEach(renames)).toBeGreaterThan(900);
  expect(listedNames.count).toBe(9);
});
