import { describe, expect, it } from 'vitest';
import { formatCopyNote, formatReasonNote, parseCopyNote, parseReasonNote } from '../../src/formats/claim-note.ts';
import { parseStageName } from '../../src/formats/stage-name.ts';

describe('a note of a claim', () => {
  it('is read back as it was written', () => {
    const claim = { consumer: 'etl-1-4711-9f3ac2d1', claim: 4711 };
    expect(formatReasonNote(claim)).toBe('reason.etl-1-4711-9f3ac2d1-4711');
    expect(parseReasonNote(formatReasonNote(claim))).toEqual(claim);
    const copy = { inode: 18_446_744_073_709_551_615n, token: 'b27278c5a6c52' };
    expect(formatCopyNote(copy)).toBe('copy.18446744073709551615.b27278c5a6c52');
    expect(parseCopyNote(formatCopyNote(copy))).toEqual(copy);
  });

  it.each([
    '',
    'reason.',
    'reason.etl',
    'reason.etl-01',
    'reason.ETL-1',
    'reason.../x-1',
    'xreason.etl-1',
    'reason.etl-1.x',
    'reason.etl-1x',
    'stage.etl-1.2',
    'copy.1.x',
  ])('of a reason is not %j', (file) => {
    expect(parseReasonNote(file)).toBeNull();
  });

  it.each(['', 'copy.', 'copy.1', 'copy.x.y', 'copy.-1.x', 'copy.1.x/../y', 'copy.1.x.judged', 'xcopy.1.x', 'copy.1.x~', 'reason.etl-1'])(
    'of a copy is not %j',
    (file) => {
      expect(parseCopyNote(file)).toBeNull();
    },
  );

  it('is nobody’s stage, which would be swept', () => {
    expect(parseStageName(formatReasonNote({ consumer: 'etl', claim: 1 }))).toBeNull();
    expect(parseStageName(formatCopyNote({ inode: 1n, token: 'x' }))).toBeNull();
  });
});
