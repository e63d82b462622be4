import { basename } from 'node:path';
import { type ClaimName, parseClaimName } from '../formats/claim-name.ts';
import type { FoundClaim } from './folder-look.ts';

export interface StrayOptions {
  /** All names of ours. */
  readonly own: ReadonlySet<string>;
  /** What is in hands; of a group the file that decides for it. */
  readonly held: Iterable<{ readonly path: string }>;
  readonly extension: string;
}

/**
 * Claims of ours that are in nobody's hands: the disk refused something after it had renamed the file, or renamed it and
 * said that it had not. Nobody else would ever take them back, since we live.
 */
export function strayClaims(claims: readonly FoundClaim[], { own, held, extension }: StrayOptions): readonly FoundClaim[] {
  const ours = claims.filter(({ consumer }) => own.has(consumer));
  if (ours.length === 0) return ours;
  const known = new Set<string>();
  for (const { path } of held) {
    const claim = parseClaimName(basename(path), extension);
    if (claim !== null) known.add(numberOf(claim));
  }
  return ours.filter((claim) => !known.has(numberOf(claim)));
}

/** What all files of one claim have in common. */
function numberOf({ consumer, claim }: ClaimName): string {
  return `${consumer}-${claim}`;
}
