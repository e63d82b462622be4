import { randomNumbers } from './random.ts';

/** Whether everything is to be tried, however long it takes: `npm run test:deep`. */
export const DEEP = process.env['DIBS_DEEP'] === '1';

/** Whether it may take minutes, and nobody waits for it: `npm run test:slow`, which CI runs. */
const SLOW = process.env['DIBS_SLOW'] === '1';

/** How much of all there is: one in so many and one of each kind, or without regard to kinds. */
export type Share = number | { readonly ofAnyKind: number };

/** How much less `npm test` tries of what the slow run tries again. */
const LESS = 4;

/** The share of a sample: everything in the deep run, one in so many in the slow one, and a part of that, or `quick`, in `npm test`. */
export function oneIn(many: number, quick = LESS * many): Share {
  return bySize<Share>({ quick: { ofAnyKind: quick }, slow: many, deep: 1 });
}

/** What depends on the time there is. A file that asks for it, or for a share, is run by `npm test` and by the slow run. */
export function bySize<T>({ quick, slow, deep }: { readonly quick: T; readonly slow: T; readonly deep: T }): T {
  if (DEEP) return deep;
  return SLOW ? slow : quick;
}

/**
 * One in so many, spread evenly, the same for the same seed; and always the first, the last, and, unless the share is of any
 * kind, one of each. Where in its stretch each one lies is left to chance: a fixed step would meet the same kind again and again.
 */
export function sampleOf<T>(all: readonly T[], share: Share, kindsOf: (one: T) => readonly string[], seed = 1): T[] {
  if (typeof share !== 'number') return sampleOf(all, share.ofAnyKind, () => [], seed);
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
