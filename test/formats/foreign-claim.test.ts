import { expect, it } from 'vitest';
import { isForeignClaim } from '../../src/formats/foreign-claim.ts';

it('knows a claim of PyMPX', () => {
  expect(isForeignClaim('004711_0123456789_sales-01.wip')).toBe(true);
});

it.each([
  '004711_0123456789_.wip',
  '4711_0123456789_a.wip',
  '004711_012345678_a.wip',
  'a.tsv.etl-1-7-aa-1a1.wip',
  '004711_0123456789_a.tsv',
  'x004711_0123456789_a.wip',
  '004711_0123456789_a.wip.tsv',
])('takes %s for none', (file) => expect(isForeignClaim(file)).toBe(false));
