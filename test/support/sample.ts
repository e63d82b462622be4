import { randomNumbers } from './random.ts';

/** Whether everything is to be tried, however long it takes: `npm run test:deep`. */
export const DEEP = process.env['DIBS_DEEP'] === '1';

/** The share of a sample: everything in the deep run, else one in so many. */
export function oneIn(many: number): number {
  return DEEP ? 1 : many;
}

/**
 * One in so many, spread evenly, the same for the same seed; and always the first, the last, and one of each kind. Where in
 * its stretch each one lies is left to chance: a fixed step would meet the same kind again and again.
 */
export function sampleOf<T>(all: readonly T[], share: number, kindsOf: (one: T) => readonly string[], seed = 1): T[] {
  if (share <= 1) return [...all];
  const random = randomNumbers(seed);
  const chosen = new Set([0, Math.max(0, all.length - 1)]);
  for (let start = 0; start < all.length; start += share) {
    chosen.add(start + Math.floor(random() * Math.min(share, all.length - start)));
  }
  const isChosen = (_: T, index: number): boolean => chosen.has(index);
  const seen = new Set(all.filter(isChosen).flatMap(kindsOf));
  for (const [index, one] of all.entries()) {
    const isNew = kindsOf(one).some((kind) => !seen.has(kind));
    if (!isNew) continue;
    chosen.add(index);
    for (const kind of kindsOf(one)) seen.add(kind);
  }
  return all.filter(isChosen);
}
