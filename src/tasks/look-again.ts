/** How long to wait before looking again, in milliseconds: it takes five looks a lease to tell the living from the dead. */
export function lookAgainMs(longestMs: number, leaseMs: number): number {
  return Math.min(longestMs, leaseMs / 5);
}
