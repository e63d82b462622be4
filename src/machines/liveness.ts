/**
 * Whether somebody who beats is alive, judged by sightings of the beat alone. Nobody's clock is compared with ours: all
 * times are the looker's own monotonic ones.
 *
 *     silent ── the beat moved ──▶ alive ── it stood still in three looks over a whole lease ──▶ dead
 *        └──────────── it stood still in three looks over a whole lease ────────────────────────▶ dead
 */
export type Liveness =
  /** The beat moved, and has not stood still for a lease since. */
  | 'alive'
  /** It was not seen moving, but not for long enough to tell. */
  | 'silent'
  /** It stood still while we were looking, for a whole lease. Final: whoever acts on it must make it so. */
  | 'dead';

/** What was seen of one beat so far. */
export interface Sighting {
  /** The beat as it was read; only ever compared for being the same. */
  readonly beat: string;
  /** Whether it was seen to change before it became this one. */
  readonly moved: boolean;
  /** When it was first seen to be this one, and when last, in the looker's monotonic milliseconds. */
  readonly since: number;
  readonly until: number;
  /** How often it was seen to be this one. */
  readonly looks: number;
}

/** Fewer looks could be one look and its echo, after the looker was stopped. */
const LOOKS = 3;

/**
 * One more look at the beat. Sightings start afresh if the looker itself has not looked for half a lease: it was stopped or
 * suspended, and perhaps the other was with it.
 * @param seen what was seen before; undefined at the first look
 * @param now the looker's own monotonic time, in milliseconds
 * @param leaseMs the longer of the looker's lease and of the one that the beating states
 */
export function look(seen: Sighting | undefined, beat: string, now: number, leaseMs: number): Sighting {
  if (seen === undefined) return { beat, moved: false, since: now, until: now, looks: 1 };
  if (beat !== seen.beat) return { beat, moved: true, since: now, until: now, looks: 1 };
  if (now - seen.until >= leaseMs / 2) return { beat, moved: false, since: now, until: now, looks: 1 };
  return { ...seen, until: now, looks: seen.looks + 1 };
}

/** What the sightings up to the last look say. */
export function judge(seen: Sighting, leaseMs: number): Liveness {
  if (seen.looks >= LOOKS && seen.until - seen.since >= leaseMs) return 'dead';
  return seen.moved ? 'alive' : 'silent';
}
