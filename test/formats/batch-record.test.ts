import { describe, expect, it } from 'vitest';
import { type BatchPlan, formatPlan, formatVerdict, parsePlan, parseVerdict, type Verdict } from '../../src/formats/batch-record.ts';
import { copyFields } from '../../src/formats/json-record.ts';

const PLAN: BatchPlan = {
  total: 3,
  token: 't1',
  chunks: 1,
  digest: 'd1',
  metadata: { load: 7 },
  createdAt: '2026-11-27T09:00:00.000Z',
  maxAttempts: 3,
  deleteWhenDone: true,
  publishes: true,
};

describe('the plan of a batch', () => {
  it('goes there and back', () => expect(parsePlan(copyFields(formatPlan(PLAN)))).toEqual(PLAN));

  it.each([
    { total: -1 },
    { total: '3' },
    { total: 1.5 },
    { chunks: undefined },
    { maxAttempts: null },
    { token: 7 },
    { digest: undefined },
    { createdAt: 0 },
  ])('is none with %j', (wrong) => expect(parsePlan({ ...formatPlan(PLAN), ...wrong })).toBeNull());
});

describe('a verdict', () => {
  it.each<Verdict>([
    { kind: 'reduce', at: '2026-11-27T09:00:00.000Z' },
    { kind: 'failed', at: '2026-11-27T09:00:00.000Z', reason: 'part 7 was given up' },
  ])('goes there and back: %j', (verdict) => expect(parseVerdict(copyFields(formatVerdict(verdict)))).toEqual(verdict));

  it.each([{}, { kind: 'Reduce' }, { kind: 'failed', reason: 7 }])('that makes no sense is one of failure: %j', (fields) =>
    expect(parseVerdict(fields)).toEqual({ kind: 'failed', at: '', reason: 'its verdict can not be read' }),
  );
});
