/**
 * Which of n consumers is to take a name first, without a word between them: all of them compute the same.
 * @returns the place of the consumer among all, from 0
 */
export function shareOf(name: string, consumers: number): number {
  if (consumers === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  // The low bits of such a hash are poor, and names differ mostly in their last digits.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return (hash >>> 0) % consumers;
}
