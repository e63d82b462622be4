/** How another machine's clock goes by ours. Reported for people; nothing is decided by it. */
export interface ClockOffset {
  /** By how much its clock is ahead of ours, in milliseconds. */
  readonly aheadMs: number;
  readonly uncertaintyMs: number;
}

/** A call and its echo, by our clock, and what the other's clock showed in between. */
export interface ClockReading {
  readonly sentAt: number;
  readonly heardAt: number;
  /** Null if it said nothing that can be read. */
  readonly theirs: number | null;
}

/** The quickest echo tells most: the other's clock was read somewhere between the two. Null if none can be read. */
export function clockOffset(readings: readonly ClockReading[]): ClockOffset | null {
  let best: ClockOffset | null = null;
  for (const { sentAt, heardAt, theirs } of readings) {
    if (theirs === null) continue;
    const uncertaintyMs = Math.max(1, Math.ceil((heardAt - sentAt) / 2));
    if (best === null || uncertaintyMs < best.uncertaintyMs) best = { aheadMs: Math.round(theirs - (sentAt + heardAt) / 2), uncertaintyMs };
  }
  return best;
}
