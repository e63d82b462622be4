import { expect, it } from 'vitest';
import { examineFolding } from '../../src/doctor/name-folding.ts';
import { renaming } from './fault-disks.ts';
import { placeFor } from './places.ts';

it('finds that every difference counts on the disk of a Unix', async (ctx) => {
  if (process.platform !== 'linux') ctx.skip('this disk may be another');
  expect(await examineFolding(await placeFor())).toEqual({ ignoresCase: false, ignoresNormalForm: false, keepsBytes: true });
});

it('finds that case is ignored, and not kept', async () => {
  const place = await placeFor({ fs: renaming((name) => name.toLowerCase()) });
  expect(await examineFolding(place)).toEqual({ ignoresCase: true, ignoresNormalForm: false, keepsBytes: false });
});

it('finds that Unicode forms are one, and which is kept is not the one that was given', async () => {
  const place = await placeFor({ fs: renaming((name) => name.normalize('NFD')) });
  expect(await examineFolding(place)).toEqual({ ignoresCase: false, ignoresNormalForm: true, keepsBytes: false });
});
