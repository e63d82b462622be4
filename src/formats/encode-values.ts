import { type Codec, encodeValue } from './codec.ts';
import { MAX_RECORD_BYTES } from './record-scan.ts';

/** So many values become text in one call, or so many that their texts are about this long together. */
const TOGETHER = 64;
const CHARACTERS = 8 * 1024;

/** Stands between two values. Where one of them holds it too there is a piece more than there should be. */
const MARK = '~:~';
const BETWEEN = `,${JSON.stringify(MARK)},`;

/**
 * The texts of values, a few at a time; throws at the first that has none, after those before it. An array's values become
 * text together, which costs a third less. Others can't: what gives them may give the same object again and again, changed.
 */
export function* encodeValues<T>(codec: Codec<T> | undefined, values: Iterable<T>): Generator<readonly string[], void, void> {
  if (codec !== undefined || !Array.isArray(values)) {
    for (const value of values) yield [encodeValue(codec, value)];
    return;
  }
  let together = 1;
  for (let from = 0; from < values.length;) {
    const some: readonly unknown[] = values.slice(from, from + together);
    from += some.length;
    const texts = encodeTogether(some);
    if (texts !== null) yield texts;
    else for (const value of some) yield [encodeValue<unknown>(undefined, value)];
    const characters = texts?.reduce((sum, text) => sum + text.length, 1) ?? CHARACTERS;
    together = Math.max(1, Math.min(TOGETHER, Math.floor((CHARACTERS * some.length) / characters)));
  }
}

/** The texts of these values, or null if they have to be made one by one. */
export function encodeTogether(values: readonly unknown[]): string[] | null {
  const marked: unknown[] = [];
  for (const value of values) {
    if (!isPlain(value)) return null;
    if (marked.length > 0) marked.push(MARK);
    marked.push(value);
  }
  try {
    const texts = JSON.stringify(marked).slice(1, -1).split(BETWEEN);
    return texts.length === values.length && !texts.some((text) => text.length > MAX_RECORD_BYTES / 4) ? texts : null;
  } catch {
    return null;
  }
}

/** Whether a value has the same text in a list as alone. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'object') return value === null || !('toJSON' in value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
