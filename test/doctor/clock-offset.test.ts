import { expect, it } from 'vitest';
import { clockOffset } from '../../src/doctor/clock-offset.ts';

it('takes the quickest answer, and says by how much it may be wrong', () => {
  const readings = [
    { sentAt: 1_000, heardAt: 1_400, theirs: 6_300 },
    { sentAt: 2_000, heardAt: 2_010, theirs: 7_005 },
    { sentAt: 3_000, heardAt: 3_001, theirs: null },
  ];
  expect(clockOffset(readings)).toEqual({ aheadMs: 5_000, uncertaintyMs: 5 });
});

it('knows nothing where nothing can be read', () => {
  expect(clockOffset([])).toBeNull();
  expect(clockOffset([{ sentAt: 1, heardAt: 2, theirs: null }])).toBeNull();
});
