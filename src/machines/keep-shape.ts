/**
 * An engine forgets the shape of a class of which no object is left when it collects, and throws away all code it had
 * compiled for that shape: a queue that was empty for a moment then takes its next ten thousand messages five times
 * slower. One object that stays keeps it.
 */

const KEPT: object[] = [];

/** Keeps a sample of a class whose objects come and go by the thousand. Its fields hold the kinds of values they always do. */
export function keepShape(sample: object): void {
  KEPT.push(sample);
}
