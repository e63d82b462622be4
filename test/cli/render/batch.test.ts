import { describe, expect, it } from 'vitest';
import type { BatchStatus } from '../../../src/batches/batch-status.ts';
import { renderBatch } from '../../../src/cli/render/batch.ts';

function batch(change: Partial<BatchStatus> = {}): BatchStatus {
  return {
    id: 'b',
    state: 'running',
    total: 1_000,
    remaining: 1,
    progress: 0.999,
    parts: { pending: 0, running: 1, succeeded: 999, failed: 0, ignored: 0 },
    damaged: [],
    strays: [],
    running: [],
    reduce: null,
    metadata: null,
    createdAt: '2026-11-27T00:00:00.000Z',
    ...change,
  };
}

describe('how a batch stands', () => {
  it('WB-19 is 100 % only when all is done', () => {
    const done = (status: BatchStatus) => renderBatch(status).find((line) => line.startsWith('done'));
    expect(done(batch())).toBe('done      999 of 1,000 parts, 99 %');
    expect(done(batch({ remaining: 0, progress: 1 }))).toBe('done      1,000 of 1,000 parts, 100 %');
    expect(done(batch({ total: 0, remaining: 0, progress: 1 }))).toBe('done      0 of 0 parts, 100 %');
  });

  it('names the parts that keep it from its end, no more than a screen holds', () => {
    const damaged = Array.from({ length: 40 }, (_, part) => ({
      partId: String(part),
      path: part === 1 ? '/s/1.json' : null,
      reason: 'its file is gone',
    }));
    const lines = renderBatch(batch({ damaged })).filter((line) => line.startsWith('damaged'));
    expect(lines).toHaveLength(21);
    expect([lines[0], lines[1], lines[20]]).toEqual([
      'damaged   part 0: its file is gone',
      "damaged   part 1: /s/1.json can't be read: its file is gone",
      'damaged   40 parts in all; to make them anew: dibs batch retry',
    ]);
    expect(renderBatch(batch()).some((line) => line.startsWith('damaged'))).toBe(false);
  });

  it('names what lies among the parts and is none, no more than a screen holds', () => {
    const strays = Array.from({ length: 40 }, (_, n) => ({ id: `copy ${n}`, status: 'failed' as const }));
    const lines = renderBatch(batch({ strays })).filter((line) => line.startsWith('stray'));
    expect(lines).toHaveLength(21);
    expect([lines[0], lines[20]]).toEqual(['stray     failed/copy 0 is no part: neither run nor waited for', 'stray     and 20 more']); // prettier-ignore
    expect(renderBatch(batch()).some((line) => line.startsWith('stray'))).toBe(false);
  });

  it('shows who has what, and since when', () => {
    const holder = { consumer: 'etl-1-4711-9f3ac2d1', standing: 'alive' } as const;
    const startedAt = '2026-11-27T06:00:00.000Z';
    const running = [
      { partId: '3', attempt: 1, holder, startedAt, progress: { fraction: 0.5 } },
      { partId: 'reduce', attempt: 2, holder },
    ];
    expect(renderBatch(batch({ running })).filter((line) => line.startsWith('running'))).toEqual([
      'running   part 3: etl-1-4711-9f3ac2d1 has it (alive) since 2026-11-27T06:00:00.000Z, 50 %',
      'running   the reduce: etl-1-4711-9f3ac2d1 has it (alive)',
    ]);
  });

  it('WB-20 shows whether the reduce is there, and that of a failed batch never will be', () => {
    const reduce = (status: BatchStatus) => renderBatch(status).find((line) => line.startsWith('reduce'));
    expect(reduce(batch())).toBe('reduce    not yet');
    expect(reduce(batch({ state: 'reducing', reduce: 'running' }))).toBe('reduce    running');
    expect(reduce(batch({ state: 'failed', reason: 'x' }))).toBe('reduce    never');
  });

  it('is safe on a terminal, whatever the reason and the id are', () => {
    expect(renderBatch(batch({ id: 'a\u001b[2J', state: 'failed', reason: 'two\nlines' })).slice(0, 2)).toEqual([
      'batch     a\\u001b[2J',
      'state     failed: two lines',
    ]);
  });
});
