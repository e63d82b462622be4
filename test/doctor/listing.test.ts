import { expect, it } from 'vitest';
import { examineListing } from '../../src/doctor/listing.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { lateListing, stillDirectories } from './fault-disks.ts';
import { placeFor } from './places.ts';

it('finds every listing up to date on a sound disk', async () => {
  expect(await examineListing(await placeFor())).toEqual({ looks: 36, late: 0, directoryTimeMoves: true });
});

it('finds listings that lag behind', async () => {
  expect(await examineListing(await placeFor({ fs: lateListing() }))).toMatchObject({ looks: 36, late: 36 });
});

it('finds a directory whose time stands still', async () => {
  const place = await placeFor({ fs: stillDirectories, clock: hastyClock() });
  expect(await examineListing(place)).toEqual({ looks: 36, late: 0, directoryTimeMoves: false });
});
