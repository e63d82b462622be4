/** In the place of `support/sample.ts`: nothing is left to chance. */
export const DEEP = false;

export function oneIn(_many: number): number {
  return 1;
}

export function bySize<T>({ slow }: { readonly slow: T }): T {
  return slow;
}

export function sampleOf<T>(all: readonly T[]): T[] {
  return [...all];
}
