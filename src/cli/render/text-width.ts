/** How many columns a terminal gives to a text: it decides where a table lines up and where a line must end. */

let segmenter: Intl.Segmenter | undefined;

/** Not before a text needs it: it takes a tenth of the time in which a command starts. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

const PLAIN = /^[\x20-\x7e]*$/;
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{RI}{2}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Columns of a text without control characters. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** The text, or as much of it as fits with `…` at its end. */
export function clipText(text: string, width: number): string {
  if (text.length <= width && PLAIN.test(text)) return text;
  let used = 0;
  let kept = '';
  for (const { segment } of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width) return `${clipToRoom(kept, width)}…`;
    kept += segment;
  }
  return text;
}

function clipToRoom(kept: string, width: number): string {
  const segments = Array.from(graphemes(kept), ({ segment }) => segment);
  let used = textWidth(kept);
  while (used > width - 1) used -= graphemeWidth(segments.pop() ?? '');
  return segments.join('');
}

function graphemeWidth(grapheme: string): number {
  if (grapheme === '' || NOTHING.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
