/**
 * Text from a queue, safe on a terminal. Values come from anywhere: a control character in one could move the cursor or
 * hide what follows, and a newline would make one value look like two.
 */

// Control characters (C0, DEL, C1), line separators, and what turns the direction of writing around.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;
const UNSAFE_ALL = new RegExp(UNSAFE.source, 'gu');

/** A value on one line: a string that is safe as it is; anything else as JSON. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' && value !== '' && !UNSAFE.test(value) ? value : escapeUnsafe(JSON.stringify(value) ?? String(value));
}

/** A sentence on one line, whatever is in it. */
export function formatSentence(text: string): string {
  return escapeUnsafe(text.trim().replace(/\s*[\r\n]+\s*/g, ' '));
}

function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE_ALL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
