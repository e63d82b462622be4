import { expect, it } from 'vitest';
import { examineNameLimits } from '../../src/doctor/name-limits.ts';
import { refusing, renaming } from './fault-disks.ts';
import { placeFor } from './places.ts';

const CHARACTERS = [':', '*', '?', '"', '<', '>', '|', '\\'];
const ENDS = ['dot at the end', 'space at the end'];

it('finds that all is taken on the disk of a Unix', async (ctx) => {
  if (process.platform !== 'linux') ctx.skip('this disk may be another');
  expect(await examineNameLimits(await placeFor())).toEqual({ longestBytes: 255, refused: [], changed: [] });
});

it('finds what Windows refuses', async () => {
  const place = await placeFor({ fs: refusing((name) => /[:*?"<>|\\]|[. ]$/.test(name)) });
  expect(await examineNameLimits(place)).toMatchObject({ refused: [...CHARACTERS, ...ENDS], changed: [] });
});

it('finds what comes back as something else', async () => {
  const place = await placeFor({ fs: renaming((name) => name.replace(/[. ]$/, '').replace(':', '\uf022')) });
  expect(await examineNameLimits(place)).toMatchObject({ refused: [], changed: [':', ...ENDS] });
});

it.each([8, 143, 254])('finds that a name has at most %i bytes', async (longest) => {
  const place = await placeFor({ fs: refusing((name) => name.length > longest, 'ENAMETOOLONG') });
  expect(await examineNameLimits(place)).toMatchObject({ longestBytes: longest });
});
