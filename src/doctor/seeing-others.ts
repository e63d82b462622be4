import { clockOffset } from './clock-offset.ts';
import type { ClockOffset } from './clock-offset.ts';
import type { SeeingOptions } from './ears.ts';
import { echoes } from './echoes.ts';
import type { Echo } from './echoes.ts';
import { median } from './median.ts';
import type { MeetingSession } from './meeting-session.ts';
import { parseRunToken } from './run-token.ts';
import type { RunIdentity } from './run-token.ts';
import type { Workplace } from './workplace.ts';

/**
 * What one run sees of another, in milliseconds; null where it saw nothing within the time. Each is half of the way there
 * and back, so no clock of the other's is in it.
 */
export interface OtherRun extends RunIdentity {
  /** Its new file in a listing. */
  readonly listingMs: number | null;
  /** Its new file by its name, which had been asked for before. */
  readonly lookupMs: number | null;
  /** Bytes that it overwrote in place, as a heartbeat is. */
  readonly beatMs: number | null;
  /** Its new file, by an event of the system. */
  readonly eventMs: number | null;
  readonly clock: ClockOffset | null;
}

/** Each run calls in turn and times the echoes of all others. */
export async function seeOthers(place: Workplace, session: MeetingSession, options: SeeingOptions): Promise<OtherRun[]> {
  const heard = { listing: await echoes('listing', place, session, options), lookup: await echoes('lookup', place, session, options) };
  const beats = await echoes('beat', place, session, options);
  const events = await echoes('event', place, session, options);
  return session.others.map((other) => {
    const listingMs = delayOf(heard.listing, other);
    const eventMs = delayOf(events, other);
    return {
      ...(parseRunToken(other) ?? { host: other, pid: 0 }),
      listingMs,
      lookupMs: delayOf(heard.lookup, other),
      beatMs: delayOf(beats, other),
      // The way back is seen by a listing.
      eventMs: eventMs === null ? null : Math.max(0, 2 * eventMs - (listingMs ?? 0)),
      clock: clockOffset(heard.listing.filter((echo) => echo.from === other)),
    };
  });
}

function delayOf(heard: readonly Echo[], other: string): number | null {
  const delays = heard.filter(({ from }) => from === other).map(({ ms }) => ms / 2);
  return delays.length === 0 ? null : median(delays);
}
