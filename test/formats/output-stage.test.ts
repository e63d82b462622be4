import { describe, expect, it } from 'vitest';
import { formatOutputStage, isOutputStageOf, outputStageTask, parseOutputStage } from '../../src/formats/output-stage.ts';

const stage = { name: 'sales.tsv', task: '3f2a91c0', attempt: 2, token: '9b1c22d4' };

describe('the name under which an output is written', () => {
  it('is what the page says, there and back', () => {
    expect(formatOutputStage(stage)).toBe('.sales.tsv.3f2a91c0-2.9b1c22d4.staged');
    expect(parseOutputStage('.sales.tsv.3f2a91c0-2.9b1c22d4.staged')).toEqual(stage);
  });

  it.each(['a', 'a.3f2a91c0-1.9b1c22d4.staged', '.hidden', 'two\nlines', 'ä', 'x'.repeat(40)])('goes there and back for %j', (name) => {
    const parsed = parseOutputStage(formatOutputStage({ ...stage, name }));
    expect(parsed).toEqual({ ...stage, name });
    expect(parsed && isOutputStageOf(parsed, name)).toBe(true);
  });

  it.each(['x'.repeat(255), '😀'.repeat(63)])('is never too long for a file’s name: %s', (name) => {
    const file = formatOutputStage({ ...stage, name, attempt: Number.MAX_SAFE_INTEGER });
    expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
    const parsed = parseOutputStage(file);
    expect(parsed && isOutputStageOf(parsed, name)).toBe(true);
    expect(parsed && isOutputStageOf(parsed, 'sales.tsv')).toBe(false);
  });

  it.each([
    'sales.tsv',
    '.sales.tsv',
    '.sales.tsv.3f2a91c0-0.9b1c22d4.staged',
    '.sales.tsv.3f2a91c-1.9b1c22d4.staged',
    '..3f2a91c0-1.9b1c22d4',
    '',
  ])('is none of another file: %j', (file) => expect(parseOutputStage(file)).toBeNull());

  it('tells one task from others, and use cases too', () => {
    expect(new Set([outputStageTask('a', 'b'), outputStageTask('ab', ''), outputStageTask('a', 'c'), outputStageTask('b', 'b')]).size).toBe(
      4,
    );
  });
});
